/// What the scan of one JSON string found out.
struct JSONString {
  var escaped = false
  var containsNUL = false
  /// Whether bytes that are not UTF-8 and halves of surrogate pairs pass: for whoever only looks for
  /// the end of a value.
  var grammarOnly = false

  /// Reads from behind the opening quote; answers the offset of the closing quote.
  @inline(__always)
  mutating func scan(_ bytes: RawSpan, from start: Int) throws(ScanError) -> Int {
    var position = start
    while position + 8 <= bytes.byteCount {
      let stops = SWAR.stringStops(bytes.word(at: position))
      if stops == 0 {
        position += 8
        continue
      }
      position += stops.trailingZeroBitCount / 8
      if bytes.byte(at: position) == UInt8(ascii: "\"") { return position }
      position = try special(bytes, at: position)
    }
    return try scanTail(bytes, from: position)
  }

  /// The same byte by byte, for the last bytes of the span.
  private mutating func scanTail(_ bytes: RawSpan, from start: Int) throws(ScanError) -> Int {
    var position = start
    while position < bytes.byteCount {
      let byte = bytes.byte(at: position)
      if byte == UInt8(ascii: "\"") { return position }
      if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") {
        position += 1
      } else {
        position = try special(bytes, at: position)
      }
    }
    throw ScanError(.unexpectedEnd, at: position)
  }

  /// An escape, a control character or a multi-byte sequence; answers the offset behind it.
  private mutating func special(_ bytes: RawSpan, at position: Int) throws(ScanError) -> Int {
    let byte = bytes.byte(at: position)
    if byte == UInt8(ascii: "\\") { return try escape(bytes, at: position) }
    guard byte >= 0x80 else { throw ScanError(.controlCharacter, at: position) }
    guard let length = UTF8Sequence.length(bytes, at: position) else {
      if grammarOnly { return position + 1 }
      throw ScanError(.invalidUTF8, at: position)
    }
    return position + length
  }

  private mutating func escape(_ bytes: RawSpan, at position: Int) throws(ScanError) -> Int {
    escaped = true
    guard position + 1 < bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    switch bytes.byte(at: position + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return position + 2
    case UInt8(ascii: "u"): break
    default: throw ScanError(.invalidEscape, at: position)
    }
    let unit = try Self.codeUnit(bytes, at: position)
    if unit == 0 { containsNUL = true }
    guard unit & 0xF800 == 0xD800, !grammarOnly else { return position + 6 }
    guard unit < 0xDC00, position + 8 <= bytes.byteCount,
      bytes.byte(at: position + 6) == UInt8(ascii: "\\"),
      bytes.byte(at: position + 7) == UInt8(ascii: "u"),
      try Self.codeUnit(bytes, at: position + 6) & 0xFC00 == 0xDC00
    else { throw ScanError(.loneSurrogate, at: position) }
    return position + 12
  }

  /// The value of `\uXXXX` at `position`.
  static func codeUnit(_ bytes: RawSpan, at position: Int) throws(ScanError) -> UInt16 {
    guard position + 6 <= bytes.byteCount else { throw ScanError(.unexpectedEnd, at: position) }
    var unit: UInt16 = 0
    for offset in 2..<6 {
      guard let digit = hexDigit(bytes.byte(at: position + offset)) else {
        throw ScanError(.invalidEscape, at: position)
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
