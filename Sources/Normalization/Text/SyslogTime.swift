internal import Core
internal import EventScanner

/// The time at the start of a traditional syslog line.
enum SyslogTime {
  /// Reads `Dec 10 06:55:46`, `Dec 10 2015 06:55:46`, `Dec 10 06:55:46 2015` or an RFC 3339 time;
  /// answers it with the offset behind the blank that follows. Times without a zone are UTC.
  static func read(
    _ line: RawSpan, _ start: Int, _ end: Int, receivedAt: Timestamp
  ) -> (Timestamp, Int)? {
    let word = SyslogLine.blank(line, start, end)
    guard word < end, word > start else { return nil }
    if line.byte(at: start) &- UInt8(ascii: "0") < 10 {
      guard word - start >= 19, let time = TimestampReader.read(line, start..<word) else {
        return nil
      }
      return (time, word + 1)
    }
    guard word == start + 3, let month = TimestampReader.month(line, start) else { return nil }
    var position = word + 1
    if position < end, line.byte(at: position) == UInt8(ascii: " ") { position += 1 }
    guard let (day, afterDay) = number(line, position, end, 1...2) else { return nil }
    var year: Int?
    position = afterDay + 1
    if let (value, next) = number(line, position, end, 4...4), next < end,
      line.byte(at: next) == UInt8(ascii: " ")
    {
      year = value
      position = next + 1
    }
    guard let (seconds, afterTime) = clock(line, position, end) else { return nil }
    position = afterTime
    if year == nil, let (value, next) = number(line, position + 1, end, 4...4), next < end,
      line.byte(at: next) == UInt8(ascii: " "), (1970...2200).contains(value)
    {
      year = value
      position = next
    }
    guard position < end, line.byte(at: position) == UInt8(ascii: " ") else { return nil }
    guard let time = make(year, month, day, seconds, receivedAt) else { return nil }
    return (time, position + 1)
  }

  private static func make(
    _ year: Int?, _ month: Int, _ day: Int, _ inDay: Int64, _ receivedAt: Timestamp
  ) -> Timestamp? {
    if let year {
      guard (1...9999).contains(year),
        (1...CivilDate.daysIn(month: month, year: year)).contains(day)
      else { return nil }
      return Timestamp(CivilDate(year: year, month: month, day: day))
        .advanced(byMicroseconds: inDay)
    }
    let limit = receivedAt.advanced(byMicroseconds: 2 * Timestamp.microsecondsPerDay)
    // Nine years back: a 29 February has at most that far to the last leap year.
    for year in stride(from: limit.date.year, to: max(limit.date.year - 9, 1), by: -1) {
      guard (1...CivilDate.daysIn(month: month, year: year)).contains(day) else { continue }
      let time = Timestamp(CivilDate(year: year, month: month, day: day))
        .advanced(byMicroseconds: inDay)
      if time <= limit { return time }
    }
    return nil
  }

  /// `06:55:46`, with a fraction or without, as microseconds of the day.
  private static func clock(_ line: RawSpan, _ start: Int, _ end: Int) -> (Int64, Int)? {
    guard start + 8 <= end, let hour = TimestampReader.two(line, start),
      let minute = TimestampReader.two(line, start + 3),
      let second = TimestampReader.two(line, start + 6),
      line.byte(at: start + 2) == UInt8(ascii: ":"), line.byte(at: start + 5) == UInt8(ascii: ":"),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var position = start + 8
    var micro: Int64 = 0
    if position < end, line.byte(at: position) == UInt8(ascii: ".") {
      var scale: Int64 = 100_000
      position += 1
      while position < end, line.byte(at: position) &- UInt8(ascii: "0") < 10 {
        micro += Int64(line.byte(at: position) - UInt8(ascii: "0")) * scale
        scale /= 10
        position += 1
      }
    }
    return (Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + micro, position)
  }

  private static func number(
    _ line: RawSpan, _ start: Int, _ end: Int, _ digits: ClosedRange<Int>
  ) -> (Int, Int)? {
    var position = start
    var value = 0
    while position < end, position - start < digits.upperBound {
      let digit = line.byte(at: position) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value * 10 + Int(digit)
      position += 1
    }
    return digits.contains(position - start) ? (value, position) : nil
  }
}
