internal import Crypto

/// Where the key that signs access tokens and cursors comes from. All nodes must use the same one.
public enum SigningKeySource: Sendable {
  /// `HARRIER_JWT_SECRET`: at least 32 bytes. Nothing is stored in the database then.
  case configured(Secret<[UInt8]>)
  /// 256 random bits, made at the first start and kept as they are in the table `signing_keys`: who
  /// can read that table can make tokens.
  case database
}

/// One secret that signs.
struct SigningKey: Sendable {
  /// The first 16 characters of the base64url of the SHA-256 of `harrier kid ` and the secret.
  let id: String
  let secret: Secret<[UInt8]>

  static let minimumLength = 32

  init(secret: [UInt8]) throws(AccessError) {
    guard secret.count >= Self.minimumLength else {
      throw AccessError(
        .configuration,
        "HARRIER_JWT_SECRET must have \(Self.minimumLength) bytes or more; "
          + "make one with `openssl rand -base64 32`")
    }
    id = String(Base64.urlEncoded(sha256(Array("harrier kid ".utf8) + secret)).prefix(16))
    self.secret = Secret(secret)
  }

  /// A key of its own for another purpose (HKDF, RFC 5869), so that what signs one kind of thing
  /// never signs another.
  func derived(for purpose: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: secret.reveal()), info: Array(purpose.utf8),
      outputByteCount: 32)
  }

  /// The same as 32 bytes.
  func derivedSecret(for purpose: String) -> Secret<[UInt8]> {
    Secret(derived(for: purpose).withUnsafeBytes { Array($0) })
  }
}

/// The keys that are in force: the first one signs, all of them verify.
struct SigningKeys: Sendable {
  let current: SigningKey
  let all: [SigningKey]

  /// Nil for an empty list.
  init?(_ keys: [SigningKey]) {
    guard let first = keys.first else { return nil }
    current = first
    all = keys
  }

  init(_ only: SigningKey) {
    current = only
    all = [only]
  }
}
