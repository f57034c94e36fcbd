/// What correlation has seen and left out, counted since the start.
public struct CorrelationStatistics: Sendable, Equatable {
  /// Detections that lack a field that their correlation groups by.
  public var withoutGroup = 0
  /// Detections that lack the value that their correlation counts, or whose value is no number.
  public var withoutValue = 0
  /// Events forgotten for want of memory while a window could still ask for them.
  public var evicted = 0
  /// Detections that could not be placed because their surroundings are too many to be loaded.
  public var tooOld = 0
  /// Stretches of history that had to be read again.
  public var reloads = 0

  public init() {}
}

/// The bounds of one organization's memory.
public struct CorrelationLimits: Sendable {
  /// Events that timelines hold; beyond it, those that a window can still ask for go too, counted.
  public var items: Int
  /// Events from which on those go that nothing can ask for without a reload.
  public var trimAt: Int
  /// Groups that have a timeline.
  public var groups: Int
  /// Stretches of event time that one family keeps.
  public var segments: Int
  /// Microseconds that events may be late without a reload.
  public var lateness: Int64

  public init(
    items: Int = 500_000, trimAt: Int = 100_000, groups: Int = 100_000, segments: Int = 4,
    lateness: Int64 = 3_600_000_000
  ) {
    self.items = items
    self.trimAt = trimAt
    self.groups = groups
    self.segments = segments
    self.lateness = lateness
  }
}
