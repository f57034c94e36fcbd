public import Core
internal import Postgres

/// How many events a filter selects.
public struct EventCount: Sendable, Hashable {
  public var events: Int64
  /// Whether it was concluded from a part of them.
  public var isEstimate: Bool

  public init(events: Int64, isEstimate: Bool) {
    self.events = events
    self.isEstimate = isEstimate
  }
}

extension EventStatistics {
  /// Up to so many events are counted one by one where an estimate is enough.
  public static let exactBound = 10_000
  /// How long the counting for an estimate may take.
  public static let estimatePatience = Duration.seconds(1)
  /// Events of the first slice of time that is counted for an estimate.
  private static let firstSlice: Int64 = 50_000

  /// The number of events, whatever it takes within the connection's time limit.
  public func exactCount(_ filter: EventFilter, now: Timestamp = .now) async throws -> EventCount {
    guard filter.isCountable else {
      let events = try await bounded(filter.organization) { connection in
        try connection.count(filter)
      }
      return EventCount(events: events, isEstimate: false)
    }
    let range = RollupRange(from: filter.from, to: filter.to, now: now)
    return try await bounded(filter.organization) { connection in
      var events: Int64 = 0
      for part in range.parts { events += try connection.count(filter, in: part) }
      for end in range.ends {
        events += try connection.count(filter.within(end.lowerBound, end.upperBound))
      }
      return EventCount(events: events, isEstimate: false)
    }
  }

  /// The number of events, exact up to `exactBound` or where the rollups tell it, else concluded from
  /// the newest of them once `patience` is over.
  public func estimatedCount(
    _ filter: EventFilter, patience: Duration = EventStatistics.estimatePatience,
    now: Timestamp = .now
  ) async throws -> EventCount {
    let deadline = ContinuousClock.now + patience
    if filter.isCountable { return try await count(filter, until: deadline, now: now) }
    return try await sampledCount(filter, until: deadline)
  }

  /// Adds up what rollups count, and counts the ends unless they take too long: then they have their share of
  /// their hour.
  private func count(
    _ filter: EventFilter, until deadline: ContinuousClock.Instant, now: Timestamp
  ) async throws -> EventCount {
    let range = RollupRange(from: filter.from, to: filter.to, now: now)
    var count = EventCount(events: 0, isEstimate: false)
    count.events = try await bounded(filter.organization) { connection in
      try range.parts.reduce(0) { try $0 + connection.count(filter, in: $1) }
    }
    for end in range.ends {
      let part = filter.within(end.lowerBound, end.upperBound)
      if let exact = try await self.count(part, until: deadline) {
        count.events += exact
      } else {
        count.isEstimate = true
        let length = end.upperBound.microseconds - end.lowerBound.microseconds
        let share = Double(length) / Double(Timestamp.oneHour)
        let hour = end.lowerBound.hour
        for (_, events) in try await hours(of: filter, hour..<hour.advanced(byMicroseconds: 1)) {
          count.events += Int64(Double(events) * share)
        }
      }
    }
    return count
  }

  /// Counts slice by slice from the newest back, each larger than the one before, until there are
  /// enough or the time is over; what was not looked at is taken to be like what was.
  private func sampledCount(
    _ filter: EventFilter, until deadline: ContinuousClock.Instant
  ) async throws -> EventCount {
    let hours = try await hours(of: filter, filter.from.hour..<filter.to)
    let candidates = hours.reduce(0) { $0 + $1.events }
    var sample = CountSample()
    var remaining = hours[...]
    var size = Self.firstSlice
    while !remaining.isEmpty {
      var slice: Int64 = 0
      var oldest = filter.from
      let newest = min(
        filter.to,
        remaining[remaining.startIndex].hour.advanced(
          byMicroseconds: Timestamp.oneHour))
      while slice < size, let next = remaining.popFirst() {
        slice += next.events
        oldest = max(filter.from, next.hour)
      }
      size *= 4
      let wanted = Self.exactBound + 1 - Int(sample.found)
      guard
        let part = try await newestCount(
          filter.within(oldest, newest), upTo: wanted, until: deadline)
      else { return sample.estimate(of: candidates) }
      sample.found += part.events
      if let reached = part.reached {
        let share =
          Double(newest.microseconds - reached.microseconds)
          / Double(max(1, newest.microseconds - oldest.microseconds))
        sample.candidates += Int64(Double(slice) * share)
        return sample.estimate(of: candidates)
      }
      sample.candidates += slice
    }
    return EventCount(events: sample.found, isEstimate: false)
  }

  private func hours(
    of filter: EventFilter, _ range: Range<Timestamp>
  ) async throws -> [(hour: Timestamp, events: Int64)] {
    try await bounded(filter.organization) { try $0.hours(filter, range) }
  }

  /// What was found among how many events.
  private struct CountSample {
    var found: Int64 = 0
    var candidates: Int64 = 0

    func estimate(of all: Int64) -> EventCount {
      guard found > 0 else { return EventCount(events: 0, isEstimate: true) }
      let events = Double(found) * Double(all) / Double(max(1, candidates))
      // No more than the rollups let through.
      let most = Double(max(all, found))
      return EventCount(events: max(found, Int64(min(events, most))), isEstimate: true)
    }
  }

  /// Nil where it takes longer than the deadline.
  private func count(
    _ filter: EventFilter, until deadline: ContinuousClock.Instant
  ) async throws -> Int64? {
    try await within(deadline, of: filter) { connection in try connection.count(filter) }
  }

  /// The number of the newest events, up to a bound; `reached` is the oldest of them where there may be
  /// more.
  private func newestCount(
    _ filter: EventFilter, upTo bound: Int, until deadline: ContinuousClock.Instant
  ) async throws -> (events: Int64, reached: Timestamp?)? {
    try await within(deadline, of: filter) { connection in
      var parameters = SQLParameters()
      let rows = """
        select ts
        from events
        where \(filter.sql(&parameters))
        order by ts desc
        limit \(parameters.bind(bound))
        """
      let statement = PostgresStatement(
        "events.count_newest", "select count(*), min(ts)\nfrom (\n\(rows)\n) newest")
      let found = try connection.query(statement, parameters.values) { row in
        (try row.int8(0), try row.optionalTimestamptz(1))
      }
      guard let (events, oldest) = found.first else { return (0, nil) }
      let isCut = events >= Int64(bound)
      return (events, isCut ? oldest.map { Timestamp(microseconds: $0) } : nil)
    }
  }

  private func within<R: Sendable>(
    _ deadline: ContinuousClock.Instant, of filter: EventFilter,
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R? {
    let left = deadline - .now
    guard left > .milliseconds(1) else { return nil }
    do {
      return try await bounded(filter.organization, by: left, body)
    } catch let error as PostgresError where error.code == .statementTimeout {
      return nil
    }
  }
}

extension PostgresConnection {
  /// Counts the events themselves.
  func count(_ filter: EventFilter) throws -> Int64 {
    var parameters = SQLParameters()
    let statement = PostgresStatement(
      "events.count",
      """
      select count(*)
      from events
      where \(filter.sql(&parameters))
      """)
    return try query(statement, parameters.values) { try $0.int8(0) }.first ?? 0
  }

  /// Adds up rollups.
  func count(_ filter: EventFilter, in part: RollupRange.Part) throws -> Int64 {
    var parameters = SQLParameters()
    let statement = PostgresStatement(
      "rollups.count",
      """
      select coalesce(sum(\(part.unit.events)), 0)::bigint
      from \(part.unit.table)
      where \(filter.rollupSQL(part, &parameters))
      """)
    return try query(statement, parameters.values) { try $0.int8(0) }.first ?? 0
  }

  /// The hours of a range that have events which the rollups can't rule out, newest first.
  ///
  /// - Parameter limit: the most hours.
  func hours(
    _ filter: EventFilter, _ range: Range<Timestamp>, limit: Int? = nil
  ) throws -> [(hour: Timestamp, events: Int64)] {
    var parameters = SQLParameters()
    var sql = """
      select hour, sum(events)::bigint
      from event_rollups
      where \(filter.rollupSQL(from: range.lowerBound, to: range.upperBound, &parameters))
      group by hour
      order by hour desc
      """
    if let limit { sql += "\nlimit \(parameters.bind(limit))" }
    return try query(PostgresStatement("rollups.hours", sql), parameters.values) { row in
      (Timestamp(microseconds: try row.timestamptz(0)), try row.int8(1))
    }
  }
}
