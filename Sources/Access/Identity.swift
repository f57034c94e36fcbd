/// The names behind a ``Principal``.
public struct Identity: Hashable, Sendable {
  public let organization: Organization
  /// Nil for an API key.
  public let user: User?
}
