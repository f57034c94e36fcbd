/// Keeps texts that come out of events short enough for an index and for people.
///
/// Ingestion has cut the values of fields before, with a digest that nobody can forge; this bounds
/// what several of them add up to, and values that have come another way.
enum BoundedText {
  /// Bytes of one value. Ingestion's 512 can grow when they are folded to lower case.
  static let value = 768
  /// Bytes of a group's key, well below the 2,704 that an entry of a PostgreSQL b-tree may have.
  static let key = 1_000

  /// `text` if it has at most `limit` bytes of UTF-8; else about its first `kept` bytes and a digest of
  /// the whole, so that different texts stay different.
  static func cut(_ text: String, above limit: Int, keeping kept: Int) -> String {
    let utf8 = text.utf8
    guard utf8.count > limit else { return text }
    var end = utf8.index(utf8.startIndex, offsetBy: kept)
    while UTF8.isContinuation(utf8[end]) { utf8.formIndex(before: &end) }
    return "\(text[..<end])…#\(digest(of: text))"
  }

  /// The value in the form in which groups compare it.
  static func folded(_ text: String) -> String {
    // Most values are addresses, ids and names that are short and in lower case already.
    if text.utf8.count <= value, text.utf8.allSatisfy({ $0 < 0x41 || (0x5B...0x7F).contains($0) }) {
      return text
    }
    return cut(text.lowercased(), above: value, keeping: 256)
  }

  /// 128 bits in hexadecimal, the same in every process: 64 of FNV-1a and 64 of a multiply-and-shift
  /// hash.
  static func digest(of text: String) -> String {
    var first: UInt64 = 0xCBF2_9CE4_8422_2325
    var second: UInt64 = 0x9E37_79B9_7F4A_7C15
    for byte in text.utf8 {
      first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
      second = (second ^ UInt64(byte)) &* 0xBF58_476D_1CE4_E5B9
      second ^= second >> 29
    }
    return [first, second].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
