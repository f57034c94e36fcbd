public import Core
internal import Postgres

/// What the bars of a histogram are divided by.
public enum EventSplit: String, Sendable, Hashable, CaseIterable {
  case severity
  case sourceType = "source_type"
}

/// How many events there are in each stretch of a range.
public struct EventHistogram: Sendable {
  public struct Bucket: Sendable {
    public var start: Timestamp
    public var events: Int64 = 0
    /// By severity or source type; empty without a split.
    public var parts: [String: Int64] = [:]
  }

  /// All of the range, those without events, too, oldest first.
  public var buckets: [Bucket]
  public var events: Int64 { buckets.reduce(0) { $0 + $1.events } }
}

extension EventStatistics {
  /// The most buckets of a histogram.
  public static let bucketLimit = 2000
  /// The most parts of all buckets together.
  public static let partLimit = 50_000

  /// Counts the events by stretches of time that begin at multiples of the interval, in UTC.
  ///
  /// - Parameter interval: in microseconds; a divisor or multiple of an hour, at most a day.
  /// - Precondition: the range has at most `bucketLimit` of them.
  /// - Throws: `EventStoreError` of code `.tooMany` where the split has more parts than `partLimit`,
  ///   `PostgresError` of code `.statementTimeout`.
  public func histogram(
    _ filter: EventFilter, interval: Int64, by split: EventSplit? = nil, now: Timestamp = .now
  ) async throws -> EventHistogram {
    let first = filter.from.floored(to: interval)
    var table = BucketTable(first: first, interval: interval, end: filter.to)
    let range =
      filter.isCountable && interval % Timestamp.fiveMinutes == 0
      ? RollupRange(
        from: filter.from, to: filter.to, inHours: interval % Timestamp.oneHour == 0, now: now)
      : nil
    let parts = try await bounded(filter.organization, by: Self.patience) { connection in
      var parts: [HistogramPart] = []
      for part in range?.parts ?? [] {
        parts += try connection.parts(filter, in: part, first, interval, split)
      }
      for end in range?.ends ?? [filter.from..<filter.to] {
        let filter = filter.within(end.lowerBound, end.upperBound)
        parts += try connection.parts(filter, first, interval, split)
      }
      return parts
    }
    guard parts.count <= Self.partLimit else {
      throw EventStoreError(.tooMany, "the histogram has more than \(Self.partLimit) parts")
    }
    for part in parts { table.add(part) }
    return EventHistogram(buckets: table.buckets)
  }
}

/// Events of one bucket, and of one part of it where there is a split.
private struct HistogramPart: Sendable {
  let start: Timestamp
  let name: String?
  let events: Int64

  init(_ row: PostgresRow, isSplit: Bool) throws {
    start = Timestamp(microseconds: try row.timestamptz(0))
    events = try row.int8(1)
    name = isSplit ? try row.text(2) : nil
  }
}

private struct BucketTable {
  let first: Timestamp
  let interval: Int64
  private(set) var buckets: [EventHistogram.Bucket] = []

  init(first: Timestamp, interval: Int64, end: Timestamp) {
    self.first = first
    self.interval = interval
    var start = first
    while start < end {
      buckets.append(EventHistogram.Bucket(start: start))
      start = start.advanced(byMicroseconds: interval)
    }
  }

  mutating func add(_ part: HistogramPart) {
    let index = Int((part.start.microseconds - first.microseconds) / interval)
    guard buckets.indices.contains(index) else { return }
    buckets[index].events += part.events
    if let name = part.name { buckets[index].parts[name, default: 0] += part.events }
  }
}

extension EventSplit {
  fileprivate var sql: String {
    switch self {
    case .severity: "severity::int::text"
    case .sourceType: "left(source_type, \(EventTally.sourceTypeLength))"
    }
  }
}

extension PostgresConnection {
  /// From the rollups.
  fileprivate func parts(
    _ filter: EventFilter, in part: RollupRange.Part, _ first: Timestamp, _ interval: Int64,
    _ split: EventSplit?
  ) throws -> [HistogramPart] {
    var parameters = SQLParameters()
    let bin = Self.bin(part.unit.start, first, interval, &parameters)
    return try query(
      PostgresStatement(
        "rollups.histogram",
        """
        select \(bin), sum(\(part.unit.events))::bigint\(split.map { ", \($0.sql)" } ?? "")
        from \(part.unit.table)
        where \(filter.rollupSQL(part, &parameters))
        group by 1\(split == nil ? "" : ", 3")
        limit \(parameters.bind(EventStatistics.partLimit + 1))
        """), parameters.values
    ) { try HistogramPart($0, isSplit: split != nil) }
  }

  /// From the events themselves.
  fileprivate func parts(
    _ filter: EventFilter, _ first: Timestamp, _ interval: Int64, _ split: EventSplit?
  ) throws -> [HistogramPart] {
    var parameters = SQLParameters()
    let bin = Self.bin("ts", first, interval, &parameters)
    return try query(
      PostgresStatement(
        "events.histogram",
        """
        select \(bin), count(*)\(split.map { ", \($0.sql)" } ?? "")
        from events
        where \(filter.sql(&parameters))
        group by 1\(split == nil ? "" : ", 3")
        limit \(parameters.bind(EventStatistics.partLimit + 1))
        """), parameters.values
    ) { try HistogramPart($0, isSplit: split != nil) }
  }

  private static func bin(
    _ column: String, _ first: Timestamp, _ interval: Int64, _ parameters: inout SQLParameters
  ) -> String {
    let length = parameters.bind(.text("\(interval) microseconds"))
    return "date_bin(\(length)::interval, \(column), \(parameters.bind(first)))"
  }
}
