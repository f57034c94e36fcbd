public import Core

/// A login of a person, as he sees it himself.
public struct UserSession: Hashable, Sendable {
  public let id: SessionID
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  /// Where the login came from.
  public let address: IPAddress?
}
