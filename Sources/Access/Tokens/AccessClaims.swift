internal import JWTKit

/// What an access token says (RFC 7519 §4). `org`, `role` and `sid` are ours.
struct AccessClaims: JWTPayload, Equatable {
  static let issuer = "harrier"

  var iss = issuer
  /// The user's id.
  var sub: String
  /// The organization's id.
  var org: Int32
  var role: String
  /// The session's id.
  var sid: String
  /// Seconds since 1970.
  var iat: Int64
  var exp: Int64
  /// Unique to each token.
  var jti: String

  /// Times are checked by ``AccessTokens``, which knows the clock.
  func verify(using algorithm: some JWTAlgorithm) throws {
    guard iss == Self.issuer else {
      throw JWTError.claimVerificationFailure(failedClaim: IssuerClaim(value: iss), reason: "iss")
    }
  }
}
