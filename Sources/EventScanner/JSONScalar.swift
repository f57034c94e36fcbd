/// Numbers and the three literals.
enum JSONScalar {
  /// Reads one at `position`; answers its kind, the offset behind it and whether it is a number
  /// without fraction and exponent.
  @inline(__always)
  static func scan(
    _ bytes: RawSpan, at position: Int
  ) throws(ScanError) -> (kind: JSONTape.Kind, end: Int, integer: Bool) {
    let first = bytes.byte(at: position)
    switch first {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let (end, integer) = try number(bytes, at: position)
      return (.number, end, integer)
    case UInt8(ascii: "t"): return (.bool, try literal("true", bytes, at: position), false)
    case UInt8(ascii: "f"): return (.bool, try literal("false", bytes, at: position), false)
    case UInt8(ascii: "n"): return (.null, try literal("null", bytes, at: position), false)
    default: throw ScanError(.unexpectedCharacter, at: position)
    }
  }

  private static func literal(
    _ word: StaticString, _ bytes: RawSpan, at position: Int
  ) throws(ScanError) -> Int {
    let end = position + word.utf8CodeUnitCount
    if end <= bytes.byteCount, bytes.equals(word, in: position..<end) { return end }
    let available = bytes.byteCount - position
    let cut = word.withUTF8Buffer { wanted in
      for index in 0..<min(available, wanted.count)
      where unsafe wanted[index] != bytes.byte(at: position + index) {
        return false
      }
      return true
    }
    throw ScanError(cut ? .unexpectedEnd : .invalidLiteral, at: position)
  }

  private static func number(
    _ bytes: RawSpan, at start: Int
  ) throws(ScanError) -> (end: Int, integer: Bool) {
    var position = start
    if bytes.byte(at: position) == UInt8(ascii: "-") { position += 1 }
    let digits = skipDigits(bytes, from: position)
    guard digits > position else { throw failure(bytes, start, position) }
    if digits > position + 1, bytes.byte(at: position) == UInt8(ascii: "0") {
      throw ScanError(.invalidNumber, at: start)
    }
    position = digits
    var integer = true
    if position < bytes.byteCount, bytes.byte(at: position) == UInt8(ascii: ".") {
      integer = false
      let end = skipDigits(bytes, from: position + 1)
      guard end > position + 1 else { throw failure(bytes, start, position + 1) }
      position = end
    }
    if position < bytes.byteCount, bytes.byte(at: position) | 0x20 == UInt8(ascii: "e") {
      integer = false
      position += 1
      if position < bytes.byteCount {
        let sign = bytes.byte(at: position)
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      }
      let end = skipDigits(bytes, from: position)
      guard end > position else { throw failure(bytes, start, position) }
      position = end
    }
    return (position, integer)
  }

  private static func failure(_ bytes: RawSpan, _ start: Int, _ position: Int) -> ScanError {
    ScanError(position >= bytes.byteCount ? .unexpectedEnd : .invalidNumber, at: start)
  }

  @inline(__always)
  private static func skipDigits(_ bytes: RawSpan, from start: Int) -> Int {
    var position = start
    while position < bytes.byteCount, bytes.byte(at: position) &- UInt8(ascii: "0") < 10 {
      position += 1
    }
    return position
  }
}
