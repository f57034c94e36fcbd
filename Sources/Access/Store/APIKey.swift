public import Core

/// An API key as its administrators see it, without its secret.
public struct APIKey: Hashable, Sendable {
  public let id: APIKeyID
  public let organization: OrganizationID
  public let name: String
  public let scopes: ScopeSet
  public let createdAt: Timestamp
  public let expiresAt: Timestamp?
  public let revokedAt: Timestamp?
  /// To the minute.
  public let lastUsedAt: Timestamp?
  /// As it was given; the organization's policy may allow less.
  public let tier: RateTier
}
