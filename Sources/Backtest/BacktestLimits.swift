/// What one test may cost. A limit that is hit ends the test, and the report says which and where.
public struct BacktestLimits: Hashable, Sendable {
  public var events: Int
  /// Bytes of raw records.
  public var bytes: Int
  public var wallTime: Duration
  /// Detections that are kept for correlation, of each version.
  public var detections: Int
  /// Bytes that these hold, about.
  public var detectionBytes: Int
  /// Incidents that the report names, of each kind; all are counted.
  public var incidents: Int
  /// Event ids that the report names with each incident.
  public var samples: Int
  /// Days between the ends of the range.
  public var days: Int
  /// What is read at once.
  public var pageEvents: Int
  public var pageBytes: Int
  /// How long one page may take.
  public var statementTime: Duration

  public init(
    events: Int = 1_000_000, bytes: Int = 4 << 30, wallTime: Duration = .seconds(300),
    detections: Int = 100_000, detectionBytes: Int = 128 << 20, incidents: Int = 200,
    samples: Int = 5, days: Int = 400, pageEvents: Int = 2000, pageBytes: Int = 4 << 20,
    statementTime: Duration = .seconds(20)
  ) {
    self.events = events
    self.bytes = bytes
    self.wallTime = wallTime
    self.detections = detections
    self.detectionBytes = detectionBytes
    self.incidents = incidents
    self.samples = samples
    self.days = days
    self.pageEvents = pageEvents
    self.pageBytes = pageBytes
    self.statementTime = statementTime
  }

  func validate() throws(BacktestError) {
    let numbers = [
      ("events", events), ("bytes", bytes), ("detections", detections),
      ("detection_bytes", detectionBytes), ("incidents", incidents), ("samples", samples),
      ("days", days), ("page_events", pageEvents), ("page_bytes", pageBytes),
    ]
    for (name, value) in numbers where value <= 0 {
      throw BacktestError(.limit, "\(name): \(value) is no limit: give at least 1")
    }
    for (name, value) in [("wall_time", wallTime), ("statement_time", statementTime)]
    where value <= .zero {
      throw BacktestError(.limit, "\(name): give more than nothing")
    }
  }
}
