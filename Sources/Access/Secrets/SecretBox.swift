public import Core
internal import Crypto

/// Keeps secrets that must come back as they were, such as those that webhooks are signed with, so that
/// who reads the database alone cannot read them.
///
/// AES-256-GCM. What is sealed is a version byte, 8 bytes that name the key, the nonce, the ciphertext
/// and the tag; version, key, organization and purpose are authenticated with it, so that a secret moved
/// to another row of another organization or for another use does not open.
public struct SecretBox: Sendable {
  private static let version: UInt8 = 1
  private static let headerLength = 9
  /// The most that can be sealed, in bytes.
  public static let maximumLength = 16 << 10

  private struct Key: Sendable {
    let id: [UInt8]
    let key: SymmetricKey
  }

  private let keys: [Key]

  /// - Parameter keys: of 32 bytes; the first seals, all open. At least one.
  /// - Throws: `AccessError` for a key of another length, or none.
  public init(keys: [Secret<[UInt8]>]) throws(AccessError) {
    guard !keys.isEmpty, keys.allSatisfy({ $0.reveal().count == 32 }) else {
      throw AccessError(
        .configuration,
        "HARRIER_SECRET_KEY must be base64 of 32 bytes; make one with `openssl rand -base64 32`")
    }
    self.keys = keys.map { secret in
      Key(
        id: Array(sha256(Array("harrier box ".utf8) + secret.reveal()).prefix(8)),
        key: SymmetricKey(data: secret.reveal()))
    }
  }

  public func seal(
    _ secret: Secret<[UInt8]>, for organization: OrganizationID, purpose: String
  ) throws -> [UInt8] {
    precondition(secret.reveal().count <= Self.maximumLength, "a secret has at most 16 KiB")
    let header = [Self.version] + keys[0].id
    do {
      let box = try AES.GCM.seal(
        secret.reveal(), using: keys[0].key,
        authenticating: Self.context(header, organization, purpose))
      return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      throw AccessError(.cryptography, "a secret could not be sealed", cause: error)
    }
  }

  /// - Throws: `AccessError` where it was sealed with a key that is not among ours, for another
  ///   organization or purpose, or was changed.
  public func open(
    _ sealed: [UInt8], for organization: OrganizationID, purpose: String
  ) throws -> Secret<[UInt8]> {
    let header = Array(sealed.prefix(Self.headerLength))
    guard header.first == Self.version,
      let key = keys.first(where: { $0.id == Array(header.dropFirst()) })
    else {
      throw AccessError(
        .cryptography, "a secret was sealed with a key that HARRIER_SECRET_KEY does not name")
    }
    do {
      let box = try AES.GCM.SealedBox(combined: sealed.dropFirst(Self.headerLength))
      let opened = try AES.GCM.open(
        box, using: key.key, authenticating: Self.context(header, organization, purpose))
      return Secret(Array(opened))
    } catch {
      throw AccessError(.cryptography, "a sealed secret does not open", cause: error)
    }
  }

  /// What the tag covers beside the ciphertext.
  private static func context(
    _ header: [UInt8], _ organization: OrganizationID, _ purpose: String
  ) -> [UInt8] {
    let number = UInt32(bitPattern: organization.rawValue)
    return header + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - $0 * 8)) }
      + Array(purpose.utf8)
  }
}

extension SecretBox {
  /// Reads `HARRIER_SECRET_KEY`: base64 of 32 bytes, or several with commas between them, of which the
  /// first seals.
  public static func keys(_ text: String) throws(AccessError) -> [Secret<[UInt8]>] {
    var keys: [Secret<[UInt8]>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let bytes = Base64.decoded(Array(part.utf8)), bytes.count == 32 else {
        throw AccessError(
          .configuration,
          "HARRIER_SECRET_KEY must be base64 of 32 bytes; make one with `openssl rand -base64 32`")
      }
      keys.append(Secret(bytes))
    }
    return keys
  }
}
