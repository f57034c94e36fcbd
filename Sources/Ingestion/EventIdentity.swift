internal import Core
internal import Crypto

#if canImport(Glibc)
  internal import Glibc
#endif

/// Where an event's id comes from: the sender's own id, (batch key, position), or chance.
///
/// Ids from a sender are hashed with SHA-256, so that who controls the text of one event cannot make
/// it collide with another and be taken for its duplicate.
struct EventIdentity {
  /// Random words that are not used yet: the kernel is asked for many at a time.
  private var words: [UInt64] = []

  mutating func unnamed(at ts: Timestamp) -> EventID {
    EventID(timestamp: ts, entropy: (nextWord(), nextWord()))
  }

  private mutating func nextWord() -> UInt64 {
    if let word = words.popLast() { return word }
    words = RandomWords.make()
    return words.removeLast()
  }

  func named(_ senderID: String, sourceType: String, at ts: Timestamp) -> EventID {
    EventID(timestamp: ts, entropy: Self.entropy("id\0\(sourceType)\0\(senderID)"))
  }

  func positioned(_ index: Int, in key: BatchName, at ts: Timestamp) -> EventID {
    EventID(timestamp: ts, entropy: Self.entropy("batch\0\(key.text)\0\(index)"))
  }

  /// A sender's name for a batch.
  struct BatchName {
    let text: String
  }

  private static func entropy(_ text: String) -> (UInt64, UInt64) {
    let digest = SHA256.hash(data: Array(text.utf8))
    var words: (UInt64, UInt64) = (0, 0)
    for (position, byte) in digest.prefix(16).enumerated() {
      if position < 8 {
        words.0 = words.0 << 8 | UInt64(byte)
      } else {
        words.1 = words.1 << 8 | UInt64(byte)
      }
    }
    return words
  }

  /// SHA-256 of a body, which tells two bodies under one batch key apart.
  static func digest(of body: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: body))
  }
}

/// The kernel's random source, many words for one call.
enum RandomWords {
  /// What `getentropy` gives at most in one call is 256 bytes.
  static func make() -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 32)
    let status = words.withUnsafeMutableBytes { getentropy($0.baseAddress!, $0.count) }
    precondition(status == 0, "the kernel has no random source")
    return words
  }
}
