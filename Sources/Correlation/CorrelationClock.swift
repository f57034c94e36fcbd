public import Core

/// How far time has come, for conditions that wait for a window to close.
///
/// A window of events is closed when the organization's events have moved past its end, or when
/// enough real time has gone by since its event reached us; the second closes windows where no more
/// events come, and gives an old log that is replayed the time to deliver the rest.
public struct CorrelationClock: Sendable, Equatable {
  /// Events up to this time are taken to have arrived; it never goes back.
  public var watermark: Timestamp
  /// The wall clock.
  public var now: Timestamp
  /// Microseconds that events may be late.
  public var lateness: Int64

  public init(watermark: Timestamp, now: Timestamp, lateness: Int64) {
    self.watermark = watermark
    self.now = now
    self.lateness = lateness
  }

  /// A clock for which every window is closed.
  public static let finished = CorrelationClock(watermark: .latest, now: .latest, lateness: 0)

  func isClosed(from start: Int64, receivedAt: Int64, timespan: Int64) -> Bool {
    start.adding(timespan) < watermark.microseconds
      || max(start, receivedAt).adding(timespan).adding(lateness) < now.microseconds
  }
}

extension Int64 {
  /// The sum, held at the ends of the range rather than past them.
  func adding(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
