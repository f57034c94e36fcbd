public import Core

/// A tenant.
public struct Organization: Hashable, Sendable {
  public let id: OrganizationID
  /// Its name in commands and addresses: lower-case letters, digits and hyphens, at most 63.
  public let slug: String
  public let name: String
  public let createdAt: Timestamp
}
