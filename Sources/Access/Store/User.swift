public import Core

/// A person with a login.
public struct User: Hashable, Sendable {
  public let id: UserID
  public let organization: OrganizationID
  public let email: Email
  public let role: Role
  public let createdAt: Timestamp
  /// Since when the login is closed.
  public let disabledAt: Timestamp?
}
