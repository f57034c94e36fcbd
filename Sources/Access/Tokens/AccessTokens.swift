internal import Core
internal import JWTKit
internal import NIOConcurrencyHelpers

/// Makes and checks access tokens: JSON Web Tokens signed with HMAC-SHA256.
struct AccessTokens: Sendable {
  static let lifetimeSeconds: Int64 = 15 * 60
  /// How far the clocks of two nodes may be apart.
  static let leewaySeconds: Int64 = 5

  private let keys: JWTKeyCollection
  private let current: JWKIdentifier
  private let known: Set<String>
  private let clock: AccessClock
  /// Encoded headers that were found good. A node writes the same few again and again.
  private let goodHeaders = NIOLockedValueBox<Set<Substring>>([])

  init(_ signing: SigningKeys, clock: AccessClock) async {
    keys = JWTKeyCollection()
    for key in signing.all {
      await keys.add(
        hmac: HMACKey(from: key.secret.reveal()), digestAlgorithm: .sha256,
        kid: JWKIdentifier(string: key.id))
    }
    current = JWKIdentifier(string: signing.current.id)
    known = Set(signing.all.map(\.id))
    self.clock = clock
  }

  private var now: Int64 { clock.wall().microseconds / 1_000_000 }

  func make(for principal: SessionRecord, session: SessionID) async throws -> Secret<String> {
    let issued = now
    let claims = AccessClaims(
      sub: principal.user.description, org: principal.organization.rawValue,
      role: principal.role.rawValue, sid: session.description, iat: issued,
      exp: issued + Self.lifetimeSeconds, jti: Base64.urlEncoded(randomBytes(12)))
    do {
      return Secret(try await keys.sign(claims, kid: current))
    } catch {
      throw AccessError(.cryptography, "an access token could not be signed", cause: error)
    }
  }

  /// The claims of a token that one of our keys signed and that is in force now.
  ///
  /// - Throws: 401 `token_invalid` or `token_expired`.
  func verify(_ token: Secret<String>) async throws(Problem) -> AccessClaims {
    let text = token.reveal()
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // The library ignores the unused bits of a signature's last character; a token has one spelling.
    guard parts.count == 3, isGood(header: Substring(parts[0])), Base64.urlDecoded(parts[2]) != nil
    else {
      throw .tokenInvalid
    }
    let claims: AccessClaims
    do {
      claims = try await keys.verify(text, as: AccessClaims.self)
    } catch {
      // Whatever the library found wrong is the caller's doing and none of his business.
      throw .tokenInvalid
    }
    let now = self.now
    guard claims.iat <= now + Self.leewaySeconds, claims.exp > claims.iat else {
      throw .tokenInvalid
    }
    guard now < claims.exp else { throw .tokenExpired }
    return claims
  }

  /// Whether the header names HS256 and a key of ours. The library takes the key that the header
  /// names, or else the first one, and doesn't look at `alg`: we do, so that a token has exactly one
  /// meaning.
  private func isGood(header: Substring) -> Bool {
    if goodHeaders.withLockedValue({ $0.contains(header) }) { return true }
    // No payload is looked at here, so an empty one stands in.
    guard
      let fields = try? DefaultJWTParser().parse(Array("\(header).e30.".utf8), as: NoClaims.self)
        .header,
      fields.alg == "HS256", fields.typ == nil || fields.typ?.lowercased() == "jwt",
      fields.crit == nil, let key = fields.kid, known.contains(key)
    else { return false }
    goodHeaders.withLockedValue { headers in
      if headers.count < 64 { headers.insert(Substring(String(header))) }
    }
    return true
  }
}

private struct NoClaims: JWTPayload {
  func verify(using algorithm: some JWTAlgorithm) {}
}
