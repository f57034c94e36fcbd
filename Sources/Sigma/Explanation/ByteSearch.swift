/// Looks for bytes in bytes, eight at a time and without preparation: for texts that are sought once.
enum ByteSearch {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  private static func word(_ bytes: RawSpan, _ position: Int) -> UInt64 {
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
  }

  @inline(__always)
  private static func byte(_ bytes: RawSpan, _ position: Int) -> UInt8 {
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt8.self)
  }

  /// Whether `part` stands in `text` at `start`.
  @inline(__always)
  static func stands(_ part: RawSpan, in text: RawSpan, at start: Int) -> Bool {
    let count = part.byteCount
    precondition(start >= 0)
    guard start + count <= text.byteCount else { return false }
    var offset = 0
    while offset + 8 <= count {
      if word(text, start + offset) != word(part, offset) { return false }
      offset += 8
    }
    while offset < count {
      if byte(text, start + offset) != byte(part, offset) { return false }
      offset += 1
    }
    return true
  }

  static func contains(_ text: RawSpan, _ part: RawSpan) -> Bool {
    let count = part.byteCount
    guard count > 0 else { return true }
    guard count <= text.byteCount else { return false }
    // Places where the first and the last byte stand are looked at in full.
    let first = UInt64(byte(part, 0)) &* ones
    let last = UInt64(byte(part, count - 1)) &* ones
    let end = text.byteCount - count
    var start = 0
    while start + 7 <= end {
      let differences = (word(text, start) ^ first) | (word(text, start + count - 1) ^ last)
      var zeros = (differences &- ones) & ~differences & highs
      // A bit above the lowest one may be wrong, which the full look finds out.
      while zeros != 0 {
        if stands(part, in: text, at: start + zeros.trailingZeroBitCount / 8) { return true }
        zeros &= zeros &- 1
      }
      start += 8
    }
    while start <= end {
      if stands(part, in: text, at: start) { return true }
      start += 1
    }
    return false
  }

  /// Whether the text has `part` at that place.
  static func holds(_ part: RawSpan, _ anchor: LiteralAnchor, in text: RawSpan) -> Bool {
    switch anchor {
    case .whole: text.byteCount == part.byteCount && stands(part, in: text, at: 0)
    case .prefix: stands(part, in: text, at: 0)
    case .suffix:
      text.byteCount >= part.byteCount
        && stands(part, in: text, at: text.byteCount - part.byteCount)
    case .anywhere: contains(text, part)
    }
  }

  static func isASCII(_ bytes: RawSpan) -> Bool {
    var high: UInt64 = 0
    var position = 0
    while position + 8 <= bytes.byteCount {
      high |= word(bytes, position)
      position += 8
    }
    while position < bytes.byteCount {
      high |= UInt64(byte(bytes, position))
      position += 1
    }
    return high & highs == 0
  }
}
