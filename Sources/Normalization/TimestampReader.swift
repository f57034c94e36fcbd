internal import Core
internal import EventScanner

/// Reads the times that sources write: RFC 3339 and its relatives, numbers since 1970, and the date of
/// web servers.
enum TimestampReader {
  /// A JSON string or number; nil if it is neither a time nor a number of the years 1 to 9999.
  static func read(_ bytes: RawSpan, _ range: Range<Int>) -> Timestamp? {
    guard let first = range.first, range.count <= 64 else { return nil }
    if range.count >= 19, bytes.byte(at: first + 4) == UInt8(ascii: "-"),
      let fast = fixed(bytes, range)
    {
      return fast
    }
    if let whole = JSONText.int64(bytes, range) { return number(whole) }
    var text: [UInt8] = []
    JSONText.append(bytes, range, to: &text)
    if let value = JSONText.double(bytes, range), isPlainNumber(text) { return number(value) }
    return Timestamp(rfc3339: text) ?? webServer(bytes, range)
  }

  /// A number by its magnitude: seconds below 10¹¹ (the year 5138), then milliseconds, microseconds
  /// and nanoseconds, each a thousandfold more.
  static func number(_ value: Int64) -> Timestamp? {
    let size = value.magnitude
    if size < 100_000_000_000 {
      let time = Timestamp(microseconds: value * 1_000_000)
      return time >= .earliest && time <= .latest ? time : nil
    }
    if size < 100_000_000_000_000 { return Timestamp(microseconds: value * 1000) }
    if size < 100_000_000_000_000_000 { return Timestamp(microseconds: value) }
    return Timestamp(microseconds: value / 1000)
  }

  static func number(_ value: Double) -> Timestamp? {
    let size = value.magnitude
    if size < 1e11 { return Timestamp(secondsSince1970: value) }
    if size < 1e14 { return Timestamp(secondsSince1970: value / 1e3) }
    if size < 1e17 { return Timestamp(secondsSince1970: value / 1e6) }
    return Timestamp(secondsSince1970: value / 1e9)
  }

  /// `Double(_:)` also reads words and hexadecimal, which no source means as a time.
  private static func isPlainNumber(_ text: [UInt8]) -> Bool {
    text.allSatisfy {
      $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        || $0 | 0x20 == UInt8(ascii: "e") || $0 == UInt8(ascii: "+")
    }
  }

  /// `2026-11-21T05:30:00.26Z` and the like with all fields in their places; nil for anything that is
  /// not read at a glance.
  private static func fixed(_ bytes: RawSpan, _ range: Range<Int>) -> Timestamp? {
    let start = range.lowerBound
    guard let century = two(bytes, start), let year = two(bytes, start + 2),
      let month = two(bytes, start + 5), let day = two(bytes, start + 8),
      let hour = two(bytes, start + 11), let minute = two(bytes, start + 14),
      let second = two(bytes, start + 17), bytes.byte(at: start + 7) == UInt8(ascii: "-"),
      bytes.byte(at: start + 13) == UInt8(ascii: ":"),
      bytes.byte(at: start + 16) == UInt8(ascii: ":")
    else { return nil }
    let separator = bytes.byte(at: start + 10)
    let fullYear = century * 100 + year
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " "), fullYear >= 1,
      (1...12).contains(month), (1...CivilDate.daysIn(month: month, year: fullYear)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var position = start + 19
    var micro = 0
    if position < range.upperBound, bytes.byte(at: position) == UInt8(ascii: ".") {
      var scale = 100_000
      position += 1
      let digits = position
      while position < range.upperBound {
        let digit = bytes.byte(at: position) &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        micro += Int(digit) * scale
        scale /= 10
        position += 1
      }
      guard position > digits else { return nil }
    }
    guard let offset = offsetSeconds(bytes, position, range.upperBound) else { return nil }
    let days = CivilDate(year: fullYear, month: month, day: day).daysSince1970
    let seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    let time = Timestamp(microseconds: Int64(seconds) * 1_000_000 + Int64(micro))
    return time >= .earliest && time <= .latest ? time : nil
  }

  /// Nothing or `Z` (UTC), `+hh:mm`, `+hhmm`.
  private static func offsetSeconds(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int? {
    if start == end { return 0 }
    let sign = bytes.byte(at: start)
    if sign == UInt8(ascii: "Z") { return start + 1 == end ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), start + 5 <= end,
      let hours = two(bytes, start + 1)
    else { return nil }
    let colon = bytes.byte(at: start + 3) == UInt8(ascii: ":") ? 1 : 0
    guard start + 5 + colon == end, let minutes = two(bytes, start + 3 + colon), hours < 24,
      minutes < 60
    else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// The time of the common log format: `17/May/2015:10:05:03 +0000`.
  static func webServer(_ bytes: RawSpan, _ range: Range<Int>) -> Timestamp? {
    let start = range.lowerBound
    guard range.count >= 20, let day = two(bytes, start), let month = month(bytes, start + 3),
      let century = two(bytes, start + 7), let year = two(bytes, start + 9),
      let hour = two(bytes, start + 12), let minute = two(bytes, start + 15),
      let second = two(bytes, start + 18),
      hour < 24, minute < 60, second <= 60, century * 100 + year >= 1,
      (1...CivilDate.daysIn(month: month, year: century * 100 + year)).contains(day)
    else { return nil }
    var position = start + 20
    if position < range.upperBound, bytes.byte(at: position) == UInt8(ascii: " ") { position += 1 }
    guard let offset = offsetSeconds(bytes, position, range.upperBound) else { return nil }
    let days = CivilDate(year: century * 100 + year, month: month, day: day).daysSince1970
    let seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    return Timestamp(microseconds: Int64(seconds) * 1_000_000)
  }

  /// Two digits.
  @inline(__always)
  static func two(_ bytes: RawSpan, _ position: Int) -> Int? {
    guard position + 2 <= bytes.byteCount else { return nil }
    let tens = bytes.byte(at: position) &- UInt8(ascii: "0")
    let ones = bytes.byte(at: position + 1) &- UInt8(ascii: "0")
    guard tens < 10, ones < 10 else { return nil }
    return Int(tens) * 10 + Int(ones)
  }

  /// `Jan` to `Dec` → 1 to 12.
  static func month(_ bytes: RawSpan, _ position: Int) -> Int? {
    guard position + 3 <= bytes.byteCount else { return nil }
    let range = position..<position + 3
    let names: [StaticString] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return names.firstIndex { bytes.equals($0, in: range) }.map { $0 + 1 }
  }
}
