/// What a login or a refresh gives out.
public struct TokenPair: Sendable {
  /// A JSON Web Token, for `Authorization: Bearer`.
  public let accessToken: Secret<String>
  /// For one use at `POST /api/auth/refresh`.
  public let refreshToken: Secret<String>
  /// How long the access token is good, in seconds.
  public let expiresIn: Int
  public let session: SessionID
  public let tokenType = "bearer"
}
