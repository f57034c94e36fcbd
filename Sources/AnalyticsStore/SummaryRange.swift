public import Core

/// The stretch of time of a summary: whole intervals, its end not in it.
public struct SummaryRange: Sendable, Hashable {
  public enum Interval: String, CaseIterable, Sendable {
    case hour, day

    public var microseconds: Int64 {
      switch self {
      case .hour: 3_600_000_000
      case .day: Timestamp.microsecondsPerDay
      }
    }
  }

  public let interval: Interval
  public let from: Timestamp
  public let to: Timestamp

  /// The intervals that hold any moment of `from` to `to`.
  public init(from: Timestamp, to: Timestamp, by interval: Interval) {
    precondition(from < to, "a range ends behind its begin")
    self.interval = interval
    self.from = Self.aligned(from, interval)
    let last = Self.aligned(to.advanced(byMicroseconds: -1), interval)
    self.to = min(last.advanced(byMicroseconds: interval.microseconds), .latest)
  }

  /// The same in whole days.
  public var days: SummaryRange {
    interval == .day ? self : SummaryRange(from: from, to: to, by: .day)
  }

  /// How many intervals it has.
  public var count: Int {
    Int((to.microseconds - from.microseconds + interval.microseconds - 1) / interval.microseconds)
  }

  /// The begin of each interval.
  public var starts: [Timestamp] {
    (0..<count).map { from.advanced(byMicroseconds: Int64($0) * interval.microseconds) }
  }

  /// The first and the last day, as days since 1970.
  var firstDay: Int32 { Int32(from.date.daysSince1970) }
  var lastDay: Int32 { Int32(to.advanced(byMicroseconds: -1).date.daysSince1970) }

  private static func aligned(_ time: Timestamp, _ interval: Interval) -> Timestamp {
    let rest = time.microseconds % interval.microseconds
    return time.advanced(byMicroseconds: rest < 0 ? -rest - interval.microseconds : -rest)
  }
}
