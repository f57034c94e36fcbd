/// One login of one person: all tokens that came out of it, ended together.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  static func random() -> SessionID {
    var generator = SystemRandomNumberGenerator()
    return SessionID(high: generator.next(), low: generator.next())
  }

  /// 32 hexadecimal digits.
  public var description: String {
    hex(high) + hex(low)
  }

  /// Reads ``description``; nil for anything else.
  init?(_ text: String) {
    guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerHex),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}

private func hex(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}

private func isLowerHex(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
