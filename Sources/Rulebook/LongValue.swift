internal import Crypto

/// A value as correlation keeps it, in memory and in indexes.
enum LongValue {
  /// Bytes of UTF-8 that stay as they are.
  static let limit = 512
  private static let kept = 256

  /// Of a value with more than 512 bytes of UTF-8 the first 256, to a whole character, and 128 bits of
  /// SHA-256 of the whole: different values stay different, and nobody can make two that look the same.
  /// The digest is of the value in lower case, since groups are compared without case.
  static func shortened(_ value: ArraySlice<UInt8>) -> [UInt8] {
    guard value.count > limit else { return Array(value) }
    var end = value.startIndex + kept
    while UTF8.isContinuation(value[end]) { end -= 1 }
    let folded = String(decoding: value, as: UTF8.self).lowercased()
    let digest = SHA256.hash(data: Array(folded.utf8)).prefix(16)
    var result = Array(value[..<end])
    result += "…#".utf8
    for byte in digest {
      result += (byte < 16 ? "0" : "").utf8
      result += String(byte, radix: 16).utf8
    }
    return result
  }
}
