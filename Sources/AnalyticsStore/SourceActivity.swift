public import Core

/// How alive the sources of an organization are, at one moment.
public struct SourceActivity: Sendable, Equatable {
  /// One source type, by the events' own time.
  public struct Source: Sendable, Equatable {
    public let sourceType: String
    /// The begin of the last hour that holds an event of it.
    public let lastHour: Timestamp
    /// The last event; nil where newer events of other sources hide it in that hour.
    public var lastEventAt: Timestamp?
    /// When the last event reached us.
    public var lastReceivedAt: Timestamp?
    /// Events since the begin of the hour before this one.
    public let recentEvents: Int64
    /// Events since the begin of the hour 23 hours before this one.
    public let dayEvents: Int64
    /// Records that were put into quarantine in the last 24 hours.
    public var quarantined: Int64
  }

  /// What one credential has sent, of the organization's newest batches.
  public struct Sensor: Sendable, Equatable {
    /// Nil for what was sent without a key.
    public let keyID: String?
    public let source: String
    public let lastBatchAt: Timestamp
    public let batches: Int64
    public let received: Int64
    public let stored: Int64
    public let duplicates: Int64
    public let quarantined: Int64
  }

  public var at: Timestamp
  public var sources: [Source]
  public var sensors: [Sensor]
  /// Whether all of the sensors' batches of the last 24 hours are counted, and not only the newest.
  public var countsAllBatches: Bool

  /// Where events of the last hours are counted from.
  public static func recent(before now: Timestamp) -> Timestamp {
    hour(of: now).advanced(byMicroseconds: -3_600_000_000)
  }

  public static func day(before now: Timestamp) -> Timestamp {
    hour(of: now).advanced(byMicroseconds: -23 * 3_600_000_000)
  }

  private static func hour(of now: Timestamp) -> Timestamp {
    SummaryRange(from: now, to: now.advanced(byMicroseconds: 1), by: .hour).from
  }
}
