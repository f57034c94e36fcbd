/// Base64 in its two alphabets (RFC 4648 §4 and §5), strict: no blanks, no line ends, and the unused
/// bits of the last character must be zero, so that each value has exactly one spelling.
public enum Base64 {
  private static let standard = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let url = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let standardValues = values(of: standard)
  private static let urlValues = values(of: url)
  private static let none: UInt8 = 0xFF

  private static func values(of alphabet: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: none, count: 256)
    for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
    return table
  }

  /// The URL alphabet without padding, as in JOSE.
  public static func urlEncoded(_ bytes: some Sequence<UInt8>) -> String {
    encoded(bytes, alphabet: url)
  }

  /// The standard alphabet without padding, as in the modular crypt format.
  static func unpadded(_ bytes: some Sequence<UInt8>) -> String {
    encoded(bytes, alphabet: standard)
  }

  private static func encoded(_ bytes: some Sequence<UInt8>, alphabet: [UInt8]) -> String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 8
      while held >= 6 {
        held -= 6
        text.append(alphabet[Int(bits >> UInt32(held) & 63)])
      }
    }
    if held > 0 { text.append(alphabet[Int(bits << UInt32(6 - held) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads the URL alphabet without padding; nil for anything else.
  public static func urlDecoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
    decoded(text, values: urlValues)
  }

  /// Reads the standard alphabet, with or without its padding; nil for anything else.
  static func decoded(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let body = text.dropLast(padding)
    guard padding == 0 || text.count % 4 == 0 else { return nil }
    return decoded(body, values: standardValues)
  }

  private static func decoded(_ text: some Sequence<UInt8>, values: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    var count = 0
    for character in text {
      let value = values[Int(character)]
      guard value != none else { return nil }
      bits = bits << 6 | UInt32(value)
      held += 6
      count += 1
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    guard count % 4 != 1, bits & (1 << UInt32(held) - 1) == 0 else { return nil }
    return bytes
  }
}
