internal import Core

extension DatePart {
  /// This part of a date as it is written, without any conversion of its time zone (specification
  /// 2.1, "Time Modifiers"). Nil for text that is no date, and for the time of day of a date alone.
  func value(in text: [UInt8]) -> Int64? {
    let isDateOnly = text.count == 10
    let padded = isDateOnly ? text + Array("T00:00:00".utf8) : text
    guard padded.count >= 19, Timestamp(rfc3339: padded) != nil,
      let local = Timestamp(rfc3339: Array(padded[..<19]) + [UInt8(ascii: "Z")])
    else { return nil }
    let date = local.date
    let seconds = (local.microseconds - Timestamp(date).microseconds) / 1_000_000
    switch self {
    case .minute: return isDateOnly ? nil : seconds / 60 % 60
    case .hour: return isDateOnly ? nil : seconds / 3600
    case .day: return Int64(date.day)
    case .month: return Int64(date.month)
    case .year: return Int64(date.year)
    case .week: return Int64(date.week)
    }
  }
}

extension CivilDate {
  /// The week of ISO 8601: the first has the year's first Thursday.
  fileprivate var week: Int {
    let days = daysSince1970
    // 1970-01-01 was a Thursday; Monday is 0.
    let weekday = ((days + 3) % 7 + 7) % 7
    let thursday = CivilDate(daysSince1970: days - weekday + 3)
    let newYear = CivilDate(year: thursday.year, month: 1, day: 1).daysSince1970
    return (thursday.daysSince1970 - newYear) / 7 + 1
  }
}
