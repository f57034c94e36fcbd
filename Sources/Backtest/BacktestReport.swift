public import Core
public import EventStore

/// What the rules under test would have done.
public struct BacktestReport: Sendable {
  /// Why a test ended before the end of its range.
  public enum Cut: String, Sendable, CaseIterable {
    case events, bytes, detections
    case wallTime = "wall_time"
    case statementTime = "statement_time"
  }

  /// One day in UTC. Incidents are counted where they first fire.
  public struct Day: Sendable, Hashable {
    public var date: CivilDate
    public var events = 0
    public var detections = 0
    public var incidents = 0
  }

  public struct RuleCount: Sendable, Hashable {
    public var ruleID: String
    public var title: String
    public var detections: Int
  }

  /// The most frequent values of a column among the detections.
  public struct Top: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
      public var value: String
      public var count: Int
    }

    public var column: String
    public var entries: [Entry]
    /// By how much a count may be too low; more than 0 where there were too many different values.
    public var error: Int
  }

  /// What the baseline does with the same events.
  public struct Comparison: Sendable {
    /// An incident of both versions.
    public struct Kept: Sendable {
      public var candidate: BacktestIncident
      public var baseline: BacktestIncident
    }

    public var version: Int32?
    public var detections: Int
    public var incidents: Int
    /// Events that match in both versions, and in one alone.
    public var eventsInBoth = 0
    public var eventsGained = 0
    public var eventsLost = 0
    /// Some of those in one alone.
    public var gainedEvents: [EventID] = []
    public var lostEvents: [EventID] = []
    public var gainedCount: Int
    public var lostCount: Int
    public var keptCount: Int
    /// At most as many of each as the limits allow.
    public var gained: [BacktestIncident]
    public var lost: [BacktestIncident]
    public var kept: [Kept]
  }

  /// CPU nanoseconds for each event; wall time of the whole.
  public struct Cost: Sendable {
    public var elapsed: Duration
    public var normalizing: Int64
    public var matching: Int64
    public var baselineMatching: Int64?
  }

  public var range: EventRecordRange
  /// Nil where the range was read to its end.
  public var cut: Cut?
  /// What is told here is of the events up to this time.
  public var through: Timestamp
  public var version: Int32?
  public var eventsRead: Int
  /// Events in which a rule of the candidate matched.
  public var eventsMatched: Int
  /// Records that cannot be read again, and so are left out.
  public var eventsUnreadable: Int
  public var bytesRead: Int
  public var detections: Int
  /// Detections that are in no incident, since they lack a field by which a correlation groups.
  public var detectionsWithoutGroup: Int
  public var rules: [RuleCount]
  public var days: [Day]
  public var tops: [Top]
  /// Whether the rules under test raise incidents at all.
  public var raises: Bool
  public var incidentCount: Int
  /// The first of them, in order of their first fire.
  public var incidents: [BacktestIncident]
  public var comparison: Comparison?
  public var cost: Cost

  public var isComplete: Bool { cut == nil }
}
