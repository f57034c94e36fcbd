#if canImport(Glibc)
  internal import Glibc
#endif

/// A point in time as whole microseconds since 1970-01-01T00:00:00Z, the resolution of PostgreSQL's
/// `timestamptz`.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Seconds since 1970 with a fraction, as many sources write times; nil where it is not a finite
  /// number of the years 1 to 9999.
  public init?(secondsSince1970 seconds: Double) {
    let scaled = (seconds * 1_000_000).rounded()
    guard scaled.isFinite, scaled >= Double(Self.earliest.microseconds),
      scaled <= Double(Self.latest.microseconds)
    else { return nil }
    microseconds = Int64(scaled)
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.microseconds < right.microseconds
  }

  /// 0001-01-01T00:00:00Z.
  public static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
  /// 9999-12-31T23:59:59.999999Z.
  public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

  public var millisecondsFloored: Int64 {
    microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000
  }

  public func advanced(byMicroseconds delta: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds &+ delta)
  }

  /// The wall clock now.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}

/// A date of the proleptic Gregorian calendar in UTC.
public struct CivilDate: Hashable, Sendable {
  public var year: Int
  public var month: Int
  public var day: Int

  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`.
  public var daysSince1970: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  public static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Timestamp {
  public static let microsecondsPerDay: Int64 = 86_400_000_000

  public var date: CivilDate {
    var days = microseconds / Self.microsecondsPerDay
    if microseconds % Self.microsecondsPerDay < 0 { days -= 1 }
    return CivilDate(daysSince1970: Int(days))
  }

  /// Midnight UTC of `date`.
  public init(_ date: CivilDate) {
    microseconds = Int64(date.daysSince1970) * Self.microsecondsPerDay
  }

  /// The first microsecond of the month that holds this time, and of the month after it.
  public var month: (start: Timestamp, end: Timestamp) {
    let date = self.date
    let next =
      date.month == 12
      ? CivilDate(year: date.year + 1, month: 1, day: 1)
      : CivilDate(year: date.year, month: date.month + 1, day: 1)
    return (Timestamp(CivilDate(year: date.year, month: date.month, day: 1)), Timestamp(next))
  }
}
