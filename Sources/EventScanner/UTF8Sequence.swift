/// Multi-byte sequences of UTF-8 (RFC 3629 §4, table of well-formed sequences).
enum UTF8Sequence {
  /// The length of the well-formed sequence of two to four bytes at `position`; nil for a stray
  /// continuation byte, an overlong form, a surrogate, a value above U+10FFFF or a cut sequence.
  @inline(__always)
  static func length(_ bytes: RawSpan, at position: Int) -> Int? {
    let lead = bytes.byte(at: position)
    let second: ClosedRange<UInt8>
    let length: Int
    switch lead {
    case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
    case 0xE0: (second, length) = (0xA0...0xBF, 3)
    case 0xED: (second, length) = (0x80...0x9F, 3)
    case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
    case 0xF0: (second, length) = (0x90...0xBF, 4)
    case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
    case 0xF4: (second, length) = (0x80...0x8F, 4)
    default: return nil
    }
    guard position + length <= bytes.byteCount,
      second.contains(bytes.byte(at: position + 1))
    else { return nil }
    for offset in 2..<max(length, 2) where bytes.byte(at: position + offset) & 0xC0 != 0x80 {
      return nil
    }
    return length
  }
}
