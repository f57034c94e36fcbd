/// What correlation has seen and left out, counted since the start.
public struct CorrelationStatistics: Sendable, Equatable {
  /// Detections that lack a field that their correlation groups by.
  public var withoutGroup = 0
  /// Detections that lack the value that their correlation counts, or whose value is no number.
  public var withoutValue = 0
  /// Events forgotten for want of memory while a window could still ask for them.
  public var evicted = 0
  /// Stretches of history that had to be read again.
  public var reloads = 0

  public init() {}
}

/// The bounds of one organization's memory.
public struct CorrelationLimits: Sendable {
  /// Events that timelines hold.
  public var items: Int
  /// Groups that have a timeline.
  public var groups: Int
  /// Stretches of event time that one family keeps.
  public var segments: Int
  /// Microseconds that events may be late without a reload.
  public var lateness: Int64

  public init(
    items: Int = 500_000, groups: Int = 100_000, segments: Int = 4,
    lateness: Int64 = 3_600_000_000
  ) {
    self.items = items
    self.groups = groups
    self.segments = segments
    self.lateness = lateness
  }
}
