internal import Core

/// A session as the database has it, with what its user is now.
struct SessionRecord: Equatable, Sendable {
  var organization: OrganizationID
  var user: UserID
  var role: Role
  var expires: Timestamp
  /// The session was not revoked and the user is not disabled.
  var isActive: Bool
  var tier = RateTier.high
}
