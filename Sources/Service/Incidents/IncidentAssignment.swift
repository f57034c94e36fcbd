internal import Access
internal import Core
internal import IncidentStore

/// Turns `me` and emails into users of the organization.
struct IncidentAssignment {
  let access: AccessControl
  let people: IncidentPeople

  /// The email of a user of the organization.
  ///
  /// - Throws: the ``Problem`` 400 that names who is none.
  func email(_ name: String, for principal: Principal) async throws -> String {
    if name == "me" {
      guard let email = try await own(principal) else {
        throw JSONObject.invalid("assignee", "invalid", Self.noPerson)
      }
      return email
    }
    guard let email = try await people.find(name, principal.organization) else {
      let shown = String(name.prefix(100))
      throw JSONObject.invalid(
        "assignee", "unknown",
        "must be me or the email of a user of the organization: \(shown) is none")
    }
    return email
  }

  func resolve(_ change: inout IncidentChange, for principal: Principal) async throws {
    guard case .person(let name)? = change.assignee else { return }
    change.assignee = .person(try await email(name, for: principal))
  }

  /// Nil for an API key.
  func own(_ principal: Principal) async throws -> String? {
    guard principal.userID != nil else { return nil }
    return try await access.auth.identity(of: principal).user?.email.rawValue
  }

  static let noPerson = "me is a person who is logged in, and an API key is none"
}
