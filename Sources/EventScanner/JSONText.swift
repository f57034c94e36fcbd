/// Reads the text of names, strings and numbers that the scanner has found valid.
public enum JSONText {
  /// Appends a range of the span.
  @inlinable
  public static func append(_ bytes: RawSpan, _ range: Range<Int>, to buffer: inout [UInt8]) {
    unsafe bytes.extracting(range).withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
  }

  /// Appends a string's text with its escapes resolved. The range must be one that the scanner
  /// accepted.
  public static func appendUnescaped(
    _ bytes: RawSpan, _ range: Range<Int>, to buffer: inout [UInt8]
  ) {
    // An escape is never shorter than what it stands for.
    buffer.append(addingCapacity: range.count) { (output: inout OutputSpan<UInt8>) in
      var position = range.lowerBound
      while position < range.upperBound {
        let byte = bytes.byte(at: position)
        if byte != UInt8(ascii: "\\") {
          output.append(byte)
          position += 1
        } else {
          guard position + 1 < range.upperBound else { return }
          position = unescape(bytes, at: position, to: &output)
        }
      }
    }
  }

  @inline(__always)
  private static func unescape(
    _ bytes: RawSpan, at position: Int, to output: inout OutputSpan<UInt8>
  ) -> Int {
    switch bytes.byte(at: position + 1) {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): return unicode(bytes, at: position, to: &output)
    case let byte: output.append(byte)
    }
    return position + 2
  }

  private static func unicode(
    _ bytes: RawSpan, at position: Int, to output: inout OutputSpan<UInt8>
  ) -> Int {
    func unit(_ start: Int) -> UInt32 {
      (start + 2..<start + 6).reduce(0) {
        $0 << 4 | UInt32(JSONString.hexDigit(bytes.byte(at: $1)) ?? 0)
      }
    }
    let first = unit(position)
    var end = position + 6
    var scalar = Unicode.Scalar(first)
    if first & 0xFC00 == 0xD800 {
      scalar = Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10 | (unit(end) & 0x3FF)))
      end += 6
    }
    // The scanner has refused halves of pairs, so that the replacement is never reached.
    for byte in UTF8.encode(scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
      output.append(byte)
    }
    return end
  }

  /// A decimal integer with an optional minus sign; nil for anything else and outside Int64.
  public static func int64(_ bytes: RawSpan, _ range: Range<Int>) -> Int64? {
    var position = range.lowerBound
    guard position < range.upperBound else { return nil }
    let negative = bytes.byte(at: position) == UInt8(ascii: "-")
    if negative { position += 1 }
    guard position < range.upperBound else { return nil }
    var value: Int64 = 0
    while position < range.upperBound {
      let digit = bytes.byte(at: position) &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow) =
        negative
        ? scaled.subtractingReportingOverflow(Int64(digit))
        : scaled.addingReportingOverflow(Int64(digit))
      if overflowed || overflow { return nil }
      value = next
      position += 1
    }
    return value
  }

  /// A finite decimal number; nil for anything else.
  public static func double(_ bytes: RawSpan, _ range: Range<Int>) -> Double? {
    if let whole = int64(bytes, range) { return Double(whole) }
    var text: [UInt8] = []
    append(bytes, range, to: &text)
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }
}
