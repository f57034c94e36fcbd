extension Timestamp: CustomStringConvertible {
  /// `2026-11-21T05:30:00.260000Z`: RFC 3339 in UTC with six digits of fraction.
  public var description: String {
    let date = self.date
    let inDay = microseconds - Timestamp(date).microseconds
    return String(unsafeUninitializedCapacity: 27) { buffer in
      func put(_ value: Int, at position: Int, digits: Int) {
        var rest = value
        for offset in stride(from: digits - 1, through: 0, by: -1) {
          buffer[position + offset] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
      }
      let seconds = Int(inDay / 1_000_000)
      put(date.year, at: 0, digits: 4)
      put(date.month, at: 5, digits: 2)
      put(date.day, at: 8, digits: 2)
      put(seconds / 3600, at: 11, digits: 2)
      put(seconds / 60 % 60, at: 14, digits: 2)
      put(seconds % 60, at: 17, digits: 2)
      put(Int(inDay % 1_000_000), at: 20, digits: 6)
      buffer[4] = UInt8(ascii: "-")
      buffer[7] = UInt8(ascii: "-")
      buffer[10] = UInt8(ascii: "T")
      buffer[13] = UInt8(ascii: ":")
      buffer[16] = UInt8(ascii: ":")
      buffer[19] = UInt8(ascii: ".")
      buffer[26] = UInt8(ascii: "Z")
      return 27
    }
  }

  /// Reads RFC 3339 and the forms of ISO 8601 that sensors really write: `T` or a blank between date
  /// and time, `.` or `,` before a fraction of 1 to 18 digits (cut to microseconds, never rounded
  /// into the next second), and `Z`, `+00:00`, `+0000`, `+00` or nothing (UTC) behind it. A second of
  /// 60 is taken as the first of the next minute. Nil for anything else.
  public init?<Bytes: RandomAccessCollection<UInt8>>(rfc3339 text: Bytes) where Bytes.Index == Int {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.skip("-"),
      let month = reader.number(2), (1...12).contains(month), reader.skip("-"),
      let day = reader.number(2), (1...CivilDate.daysIn(month: month, year: year)).contains(day),
      year >= 1, reader.skip("T") || reader.skip("t") || reader.skip(" "),
      let hour = reader.number(2), hour < 24, reader.skip(":"),
      let minute = reader.number(2), minute < 60, reader.skip(":"),
      let second = reader.number(2), second <= 60
    else { return nil }
    var fraction = 0
    if reader.skip(".") || reader.skip(",") {
      guard let value = reader.fraction() else { return nil }
      fraction = value
    }
    guard let offset = reader.offsetMinutes(), reader.atEnd else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    let seconds = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second - offset * 60)
    self.init(microseconds: seconds * 1_000_000 + Int64(fraction))
    guard self >= Self.earliest, self <= Self.latest else { return nil }
  }

  public init?(_ text: String) {
    self.init(rfc3339: Array(text.utf8))
  }
}

/// Reads fixed-width numbers from ASCII text.
private struct DigitReader<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
  let text: Bytes
  var position: Int

  init(_ text: Bytes) {
    self.text = text
    position = text.startIndex
  }

  var atEnd: Bool { position == text.endIndex }

  private func digit(at index: Int) -> Int? {
    guard index < text.endIndex else { return nil }
    let value = text[index] &- UInt8(ascii: "0")
    return value < 10 ? Int(value) : nil
  }

  mutating func number(_ digits: Int) -> Int? {
    var value = 0
    for offset in 0..<digits {
      guard let next = digit(at: position + offset) else { return nil }
      value = value * 10 + next
    }
    position += digits
    return value
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Microseconds of 1 to 18 digits.
  mutating func fraction() -> Int? {
    var value = 0
    var count = 0
    while let next = digit(at: position) {
      if count < 6 { value = value * 10 + next }
      count += 1
      position += 1
    }
    guard (1...18).contains(count) else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  mutating func offsetMinutes() -> Int? {
    if atEnd || skip("Z") || skip("z") { return 0 }
    let negative: Bool
    if skip("+") {
      negative = false
    } else if skip("-") {
      negative = true
    } else {
      return nil
    }
    guard let hours = number(2), hours < 24 else { return nil }
    var minutes = 0
    if !atEnd {
      _ = skip(":")
      guard let value = number(2), value < 60 else { return nil }
      minutes = value
    }
    return (hours * 60 + minutes) * (negative ? -1 : 1)
  }
}
