internal import Core
internal import Crypto

/// The public part of an API key: 16 characters of Crockford's base32 in lower case, 80 random bits.
/// It is no secret: it names the key in lists, logs and the journal.
public struct APIKeyID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String

  static let length = 16
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// Nil unless it has the form of a key's id.
  public init?(rawValue: String) {
    guard rawValue.utf8.count == Self.length, rawValue.utf8.allSatisfy(Self.alphabet.contains)
    else { return nil }
    self.rawValue = rawValue
  }

  static func random() -> APIKeyID {
    // 256 is a multiple of 32, so no character is likelier than another.
    let characters = randomBytes(length).map { alphabet[Int($0 & 31)] }
    return APIKeyID(known: String(decoding: characters, as: UTF8.self))
  }

  private init(known rawValue: String) {
    self.rawValue = rawValue
  }

  public var description: String { rawValue }
}

/// An API key as its owner holds it: `hk_<id>.<secret>`, the secret being 256 bits from the system's
/// generator as 43 characters of base64url. We keep only the SHA-256 of those characters, which is
/// enough for a secret that nobody can guess.
public struct APIKeyCredential: Sendable {
  public let id: APIKeyID
  /// SHA-256 of the secret's characters.
  let digest: Secret<[UInt8]>

  static let prefix = "hk_"
  static let secretLength = 43
  static let length = prefix.utf8.count + APIKeyID.length + 1 + secretLength

  /// Reads `hk_<id>.<secret>`, or `hk_<id>:<secret>` as clients write that know keys as pairs.
  /// Nil for anything else.
  init?(_ text: some Collection<UInt8>) {
    guard text.count == Self.length, text.starts(with: Self.prefix.utf8) else { return nil }
    let rest = text.dropFirst(Self.prefix.utf8.count)
    let separator = rest.dropFirst(APIKeyID.length).first
    guard
      let id = APIKeyID(rawValue: String(decoding: rest.prefix(APIKeyID.length), as: UTF8.self)),
      separator == UInt8(ascii: ".") || separator == UInt8(ascii: ":")
    else { return nil }
    let secret = Array(rest.dropFirst(APIKeyID.length + 1))
    guard Base64.urlDecoded(secret) != nil else { return nil }
    self.id = id
    digest = Secret(sha256(secret))
  }
}

/// A key that was just made: the only time its text exists here.
public struct NewAPIKey: Sendable {
  public let id: APIKeyID
  /// `hk_<id>.<secret>`, to be shown once and not kept.
  public let text: Secret<String>
  let digest: [UInt8]

  init() {
    id = .random()
    let secret = Base64.urlEncoded(randomBytes(32))
    text = Secret("\(APIKeyCredential.prefix)\(id).\(secret)")
    digest = sha256(secret.utf8)
  }
}

func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
  Array(SHA256.hash(data: Array(bytes)))
}
