import Core
import Crypto
import Testing

@testable import Access

private let secret = Array("0123456789abcdef0123456789abcdef".utf8)

@Suite struct AccessTokensTests {
  let clock = ManualClock()
  let key: SigningKey
  let tokens: AccessTokens
  let session = SessionID.random()
  let record: SessionRecord

  init() async throws {
    key = try SigningKey(secret: secret)
    tokens = await AccessTokens(SigningKeys(key), clock: clock.clock)
    record = SessionRecord(
      organization: OrganizationID(42), user: UserID(7), role: .analyst, expires: .latest,
      isActive: true)
  }

  private var now: Int64 { clock.now.microseconds / 1_000_000 }

  private func refusal(_ token: String) async throws -> String? {
    try await slug { _ = try await tokens.verify(Secret(token)) }
  }

  /// A token with any header and claims, signed with `secret`.
  private func forged(header: String, claims: String, with secret: [UInt8] = secret) -> String {
    let text = Base64.urlEncoded(header.utf8) + "." + Base64.urlEncoded(claims.utf8)
    let tag = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: .init(data: secret))
    return text + "." + Base64.urlEncoded(Array(tag))
  }

  private var header: String { #"{"alg":"HS256","typ":"JWT","kid":"\#(key.id)"}"# }

  private func claims(
    iss: String = "harrier", iat: Int64? = nil, exp: Int64? = nil, extra: String = ""
  ) -> String {
    """
    {"iss":"\(iss)","sub":"7","org":42,"role":"analyst","sid":"\(session)",\
    "iat":\(iat ?? now),"exp":\(exp ?? now + 900),"jti":"x"\(extra)}
    """
  }

  @Test func saysWhoAndUntilWhen() async throws {
    let claims = try await tokens.verify(try await tokens.make(for: record, session: session))
    #expect(claims.sub == "7")
    #expect(claims.org == 42)
    #expect(claims.role == "analyst")
    #expect(claims.sid == session.description)
    #expect(claims.iat == now)
    #expect(claims.exp == now + 900)
  }

  @Test func eachHasItsOwnId() async throws {
    let first = try await tokens.verify(try await tokens.make(for: record, session: session))
    let second = try await tokens.verify(try await tokens.make(for: record, session: session))
    #expect(first.jti != second.jti)
  }

  @Test func expires() async throws {
    let token = try await tokens.make(for: record, session: session)
    clock.advance(.seconds(899))
    _ = try await tokens.verify(token)
    clock.advance(.seconds(1))
    #expect(try await refusal(token.reveal()) == "token_expired")
  }

  @Test func oneMadeBySomeoneElseWithTheSecretIsGood() async throws {
    #expect(try await refusal(forged(header: header, claims: claims())) == nil)
  }

  @Test func algorithmsOtherThanOursAreRefusedThoughTheSignatureFits() async throws {
    for algorithm in ["none", "None", "", "HS384", "HS512", "RS256", "hs256", "ES256"] {
      let header = #"{"alg":"\#(algorithm)","typ":"JWT","kid":"\#(key.id)"}"#
      #expect(try await refusal(forged(header: header, claims: claims())) == "token_invalid")
    }
  }

  @Test func anUnsignedTokenIsRefused() async throws {
    let none = #"{"alg":"none","kid":"\#(key.id)"}"#
    for header in [none, header] {
      let text = Base64.urlEncoded(header.utf8) + "." + Base64.urlEncoded(claims().utf8)
      for signature in ["", ".", ".AA", ".e30"] {
        #expect(try await refusal(text + signature) == "token_invalid")
      }
    }
  }

  @Test(arguments: [
    #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"other"}"#, #"{"alg":"HS256","kid":7}"#, "{}", "[]",
    "", "null", #"{"alg":"HS256","kid":"#,
  ])
  func theHeaderMustNameOurKey(header: String) async throws {
    #expect(try await refusal(forged(header: header, claims: claims())) == "token_invalid")
  }

  @Test func extensionsThatMustBeUnderstoodAreRefused() async throws {
    let header = #"{"alg":"HS256","kid":"\#(key.id)","crit":["b64"],"b64":false}"#
    #expect(try await refusal(forged(header: header, claims: claims())) == "token_invalid")
    let typed = #"{"alg":"HS256","kid":"\#(key.id)","typ":"at+jwt"}"#
    #expect(try await refusal(forged(header: typed, claims: claims())) == "token_invalid")
  }

  @Test func anotherSecretIsRefused() async throws {
    let other = forged(header: header, claims: claims(), with: Array(secret.reversed()))
    #expect(try await refusal(other) == "token_invalid")
  }

  @Test func claimsMustBeWholeAndOurs() async throws {
    #expect(
      try await refusal(forged(header: header, claims: claims(iss: "other"))) == "token_invalid")
    #expect(try await refusal(forged(header: header, claims: "{}")) == "token_invalid")
    #expect(try await refusal(forged(header: header, claims: "nothing")) == "token_invalid")
    #expect(
      try await refusal(forged(header: header, claims: claims(iat: now + 60))) == "token_invalid")
    #expect(
      try await refusal(forged(header: header, claims: claims(iat: now - 10, exp: now - 20)))
        == "token_invalid")
    #expect(
      try await refusal(forged(header: header, claims: claims(iat: now - 10, exp: now - 5)))
        == "token_expired")
  }

  @Test func aTokenHasOneSpelling() async throws {
    for _ in 0..<8 {
      let token = try await tokens.make(for: record, session: session).reveal()
      // 256 bits fill 42 characters and four bits of the last one; its other two are without meaning.
      let spellings = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        .map { String(token.dropLast()) + String($0) }
      var good = 0
      for spelling in spellings where try await refusal(spelling) == nil { good += 1 }
      #expect(good == 1)
      #expect(try await refusal(token + "=") == "token_invalid")
      #expect(try await refusal(token + ".") == "token_invalid")
    }
  }

  @Test func noCharacterOfASignedTokenCanBeChanged() async throws {
    let token = Array(try await tokens.make(for: record, session: session).reveal().utf8)
    for position in token.indices {
      var changed = token
      changed[position] =
        changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let text = String(decoding: changed, as: UTF8.self)
      #expect(try await refusal(text) == "token_invalid", "at \(position)")
    }
  }

  @Test func aRetiredKeyStillVerifiesWhileItIsInForce() async throws {
    let newer = try SigningKey(secret: Array(secret.reversed()))
    let both = await AccessTokens(try #require(SigningKeys([newer, key])), clock: clock.clock)
    _ = try await both.verify(try await tokens.make(for: record, session: session))
    let made = try await both.make(for: record, session: session)
    #expect(try await refusal(made.reveal()) == "token_invalid")
  }

  @Test func secretsMustBeLongEnough() throws {
    let error = try #require(throws: AccessError.self) {
      try SigningKey(secret: Array("hunter2".utf8))
    }
    #expect(error.code == .configuration)
    #expect(!error.description.contains("hunter2"))
    #expect(try SigningKey(secret: secret).id == SigningKey(secret: secret).id)
  }

  @Test func refreshTokensHaveAForm() throws {
    let token = RefreshToken()
    let read = try #require(RefreshToken(token.text))
    #expect(read.digest == token.digest)
    for text in ["", "hr_", String(token.text.reveal().dropLast()), token.text.reveal() + "A"] {
      #expect(RefreshToken(Secret(text)) == nil)
    }
  }
}
