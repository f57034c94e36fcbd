/// A refresh token as its owner holds it: `hr_` and 256 bits from the system's generator as base64url.
/// The database holds only the SHA-256 of the whole text.
struct RefreshToken: Sendable {
  let text: Secret<String>
  let digest: [UInt8]

  static let prefix = "hr_"
  static let length = 46

  init() {
    let text = Self.prefix + Base64.urlEncoded(randomBytes(32))
    self.text = Secret(text)
    digest = sha256(text.utf8)
  }

  /// Nil unless it has the form of a refresh token.
  init?(_ text: Secret<String>) {
    let bytes = Array(text.reveal().utf8.prefix(Self.length + 1))
    guard bytes.count == Self.length, bytes.starts(with: Self.prefix.utf8),
      Base64.urlDecoded(bytes.dropFirst(Self.prefix.utf8.count)) != nil
    else { return nil }
    self.text = text
    digest = sha256(bytes)
  }
}
