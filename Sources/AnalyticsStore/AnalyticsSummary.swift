public import Core

/// Sums of one kind of thing: over time, and by what it is.
public struct CountsOverTime<Key: Hashable & Sendable>: Sendable, Equatable {
  public var total: Int64 = 0
  /// By the begin of the interval; those without any are not there.
  public var series: [Timestamp: Int64] = [:]
  public var groups: [Key: Int64] = [:]

  public init() {}

  /// The largest groups first, those alike in the order of their keys.
  public func largest(_ count: Int) -> [(key: Key, count: Int64)] where Key: Comparable {
    let sorted = groups.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    return sorted.prefix(count).map { ($0.key, $0.value) }
  }
}

/// Events of a range, from `event_rollups`.
public struct EventSummary: Sendable, Equatable {
  /// The groups are source types.
  public var counts = CountsOverTime<String>()
  public var bySeverity: [Int16: Int64] = [:]
}

/// Incidents that were opened in a range of days, as they stand now. Those that were merged into others
/// are in none of the numbers but `merged`.
public struct IncidentSummary: Sendable, Equatable {
  /// The groups are rules; the empty one holds what people opened.
  public var counts = CountsOverTime<String>()
  public var merged: Int64 = 0
  public var bySeverity: [String: Int64] = [:]
  public var byStatus: [String: Int64] = [:]
  /// The empty key holds those without a verdict.
  public var byVerdict: [String: Int64] = [:]
  public var acknowledging = ResponseTimes()
  public var resolving = ResponseTimes()
}

/// How long something took, over those incidents of a range to which it has happened.
public struct ResponseTimes: Sendable, Equatable {
  public var incidents: Int64 = 0
  public var sumMilliseconds: Int64 = 0
  /// Nil where there are none, or too many to be looked at one by one.
  public var medianMilliseconds: Int64?
  public var p90Milliseconds: Int64?

  public var meanMilliseconds: Double? {
    incidents > 0 ? Double(sumMilliseconds) / Double(incidents) : nil
  }
}

/// All of an organization's summary, of one moment.
public struct AnalyticsSummary: Sendable, Equatable {
  /// All changes of incidents that were committed before are counted.
  public var asOf: Timestamp
  public var events: EventSummary
  /// The groups are rules.
  public var detections: CountsOverTime<String>
  public var incidents: IncidentSummary
  /// What is open now, however old, by severity.
  public var open: [String: Int64]
  public var entities: [EntityRisk]
}
