internal import Core
public import EventStore

/// Which rules to run over which events.
public struct BacktestRequest: Sendable {
  public var range: EventRecordRange
  public var candidate: BacktestRules
  /// The version in force, to compare with.
  public var baseline: BacktestRules?
  public var limits: BacktestLimits

  public init(
    range: EventRecordRange, candidate: BacktestRules, baseline: BacktestRules? = nil,
    limits: BacktestLimits = BacktestLimits()
  ) {
    self.range = range
    self.candidate = candidate
    self.baseline = baseline
    self.limits = limits
  }

  func validate() throws(BacktestError) {
    try limits.validate()
    guard range.from < range.to else {
      throw BacktestError(.range, "to: must be later than from")
    }
    guard range.from >= .earliest, range.to <= .latest else {
      throw BacktestError(.range, "from: outside the years 1 to 9999")
    }
    let (longest, overflow) = Int64(limits.days)
      .multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
    guard overflow || range.to.microseconds - range.from.microseconds <= longest else {
      throw BacktestError(
        .range, "to: more than \(limits.days) days after from: choose a shorter range")
    }
    if let sourceType = range.sourceType, sourceType.utf8.contains(0) {
      throw BacktestError(.range, "source_type: holds U+0000, which no source type does")
    }
  }
}
