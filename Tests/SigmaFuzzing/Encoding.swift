/// Encodings bit by bit, apart from Harrier's.
enum Encoding {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The bytes that the modifiers before `base64` make of a text.
  static func bytes(of text: String, _ chain: [String]) -> [UInt8] {
    let isBig = chain.contains("utf16be")
    guard isBig || !chain.allSatisfy({ !["wide", "utf16le", "utf16"].contains($0) }) else {
      return Array(text.utf8)
    }
    let mark: [UInt8] = chain.contains("utf16") ? [0xFF, 0xFE] : []
    return mark
      + text.utf16.flatMap { unit in
        let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        return isBig ? bytes : bytes.reversed()
      }
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let digits = sextets(bytes, behind: 0, isOpen: false)
    let padding = (3 - bytes.count % 3) % 3
    return digits + String(repeating: "=", count: padding)
  }

  /// What is sure of the encoding of `bytes` behind `count` unknown ones and before others.
  static func trace(_ bytes: [UInt8], behind count: Int) -> String {
    sextets(bytes, behind: count, isOpen: true)
  }

  private static func sextets(_ bytes: [UInt8], behind count: Int, isOpen: Bool) -> String {
    let first = (8 * count + 5) / 6
    let end = 8 * (count + bytes.count)
    let last = isOpen ? end / 6 : (end + 5) / 6
    guard first < last else { return "" }
    let digits = (first..<last).map { sextet in
      (0..<6).reduce(0) { value, bit in
        let place = sextet * 6 + bit - 8 * count
        let isSet = place < 8 * bytes.count && bytes[place / 8] >> UInt8(7 - place % 8) & 1 == 1
        return value << 1 | (isSet ? 1 : 0)
      }
    }
    return String(decoding: digits.map { alphabet[$0] }, as: UTF8.self)
  }
}
