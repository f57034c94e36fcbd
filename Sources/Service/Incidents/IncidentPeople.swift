public import Core

/// Who can be given an incident: told by the wiring, since incidents know nothing of logins.
public struct IncidentPeople: Sendable {
  /// The email of a user of the organization as it is stored; nil where there is none of that email.
  let find: @Sendable (_ email: String, _ organization: OrganizationID) async throws -> String?

  public init(
    find:
      @escaping @Sendable (_ email: String, _ organization: OrganizationID) async throws ->
      String?
  ) {
    self.find = find
  }
}
