internal import EventScanner

/// How much of a text a column keeps, in bytes of UTF-8; the raw record keeps all of it.
enum TextLimits {
  static let message = 8192
  static let name = 1024
  static let sourceType = 64
  static let senderEventID = 512

  static func limit(of column: Column) -> Int {
    switch column {
    case .message: message
    case .sourceType: sourceType
    default: name
    }
  }

  /// The same of a range of the span that holds neither escapes nor U+0000.
  static func plain(_ bytes: RawSpan, _ range: Range<Int>, limit: Int) -> String {
    var end = range.lowerBound + min(range.count, limit)
    if end < range.upperBound {
      while end > range.lowerBound, bytes.byte(at: end) & 0xC0 == 0x80 { end -= 1 }
    }
    return bytes.extracting(range.lowerBound..<end).withUnsafeBytes {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The first `limit` bytes, cut before a character rather than within it, with U+0000, which
  /// PostgreSQL's `text` cannot hold, replaced by U+FFFD.
  static func string(_ text: borrowing [UInt8], limit: Int) -> String {
    var end = min(text.count, limit)
    if end < text.count {
      while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    }
    let result = String(decoding: text[..<end], as: UTF8.self)
    guard text[..<end].contains(0) else { return result }
    return String(
      String.UnicodeScalarView(result.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}
