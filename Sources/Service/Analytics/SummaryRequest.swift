internal import AnalyticsStore
internal import Core

/// The range of a summary, read and checked.
struct SummaryRequest {
  let range: SummaryRange
  /// The same text for the same range; without an end it is that which ends now.
  let canonical: String

  private static let mostHours = 31 * 24
  private static let mostDays = 366
  /// Beyond this a range is shown by days unless it is asked for otherwise.
  private static let hourlyDays: Int64 = 3

  /// - Parameters:
  ///   - interval: nil reads the parameter `interval`.
  ///   - days: how many days there are without a begin.
  init(
    _ query: QueryReader, now: Timestamp, interval: SummaryRange.Interval? = nil, days: Int64 = 1
  ) throws(Problem) {
    let to = try query.time("to") ?? now
    let from =
      try query.time("from")
      ?? max(.earliest, to.advanced(byMicroseconds: -days * Timestamp.microsecondsPerDay))
    guard from < to else {
      throw QueryReader.invalid(
        "from", query.has("to") ? "must lie before to" : "must lie in the past, or give to")
    }
    let length = to.microseconds - from.microseconds
    let standard: SummaryRange.Interval =
      length <= Self.hourlyDays * Timestamp.microsecondsPerDay ? .hour : .day
    let asked: SummaryRange.Interval? =
      if let interval { interval } else { try query.choice("interval") }
    let by = asked ?? standard
    let most = by == .hour ? Self.mostHours : Self.mostDays
    guard length <= Int64(most) * by.microseconds else {
      throw QueryReader.invalid(
        "from",
        "must lie at most \(most) \(by.rawValue)s before to: shorten the range"
          + (by == .hour ? ", or give interval=day" : ""))
    }
    range = SummaryRange(from: from, to: to, by: by)
    canonical = [
      try query.string("from") ?? "-", try query.string("to") ?? "-", by.rawValue,
    ].joined(separator: "\n")
  }
}

extension Endpoint.Parameter {
  static let from = query(
    "from", "The begin of the range; it is taken back to the begin of its interval.", .time)
  static let to = query(
    "to", "The end of the range, now if it is not given; it is moved to the end of its interval.",
    .time)
}
