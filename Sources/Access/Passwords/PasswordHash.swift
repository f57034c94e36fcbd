internal import Core
internal import CryptoExtras

/// How much work a password's hash costs.
///
/// scrypt (RFC 7914) needs `128 · 2^ln · r` bytes and runs `p` times over them. The default is one
/// of the equivalent settings of OWASP's Password Storage Cheat Sheet: 32 MB, three times.
public struct PasswordCost: Hashable, Sendable {
  /// The logarithm of the number of rounds, to base 2.
  public let logRounds: Int
  public let blockSize: Int
  public let parallelism: Int

  /// Nil outside what is accepted: 2^1 to 2^20 rounds, blocks and parallelism of 1 to 32, 256 MB.
  public init?(logRounds: Int, blockSize: Int = 8, parallelism: Int) {
    guard (1...20).contains(logRounds), (1...32).contains(blockSize),
      (1...32).contains(parallelism),
      128 * blockSize << logRounds <= 256 << 20
    else { return nil }
    self.logRounds = logRounds
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  private init(known logRounds: Int, _ blockSize: Int, _ parallelism: Int) {
    self.logRounds = logRounds
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  public static let standard = PasswordCost(known: 15, 8, 3)
}

/// A password's hash with all that is needed to check it, as text:
/// `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both in base64 without padding.
struct PasswordHash: Equatable, Sendable {
  let cost: PasswordCost
  let salt: [UInt8]
  let hash: [UInt8]

  static let saltLength = 16
  static let hashLength = 32

  init(cost: PasswordCost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// Runs the key derivation, which takes long and blocks the thread.
  init(of password: [UInt8], cost: PasswordCost, salt: [UInt8]) throws(AccessError) {
    do {
      let key = try KDF.Scrypt.deriveKey(
        from: password, salt: salt, outputByteCount: Self.hashLength,
        rounds: 1 << cost.logRounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
      hash = unsafe key.withUnsafeBytes { unsafe Array($0) }
    } catch {
      throw AccessError(.cryptography, "scrypt failed", cause: error)
    }
    self.cost = cost
    self.salt = salt
  }
}

extension PasswordHash: CustomStringConvertible {
  var description: String {
    "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
      + "$\(Base64.unpadded(salt))$\(Base64.unpadded(hash))"
  }

  /// Reads ``description``; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
    var numbers: [Int] = []
    for (setting, name) in zip(parts[2].split(separator: ","), ["ln=", "r=", "p="]) {
      guard setting.hasPrefix(name), let value = Int(setting.dropFirst(name.count)) else {
        return nil
      }
      numbers.append(value)
    }
    guard numbers.count == 3,
      let cost = PasswordCost(
        logRounds: numbers[0], blockSize: numbers[1], parallelism: numbers[2]),
      let salt = Base64.decoded(Array(parts[3].utf8)), (8...64).contains(salt.count),
      let hash = Base64.decoded(Array(parts[4].utf8)), hash.count == Self.hashLength
    else { return nil }
    self.init(cost: cost, salt: salt, hash: hash)
    guard description == text else { return nil }
  }
}
