public import Core
public import EventSearch
internal import Postgres

/// The most frequent values of a field.
public struct EventTop: Sendable {
  public struct Value: Sendable, Hashable {
    public var text: String
    public var events: Int64
  }

  /// The most frequent first; equally frequent ones by their text.
  public var values: [Value]
  /// How many events were looked at, those without a value, too.
  public var events: Int64
  /// Whether there may be more events than were looked at, which then are the newest.
  public var isSampled: Bool
}

extension EventStatistics {
  /// How many events are looked at where the rollups don't know the field.
  public static let sampleSize = 100_000

  /// The `limit` most frequent values among the events that the filter selects, or among the newest
  /// `sampleSize` of them.
  ///
  /// - Throws: `PostgresError` of code `.statementTimeout`; ``EventStoreError`` of code `.tooMany` for more
  ///   than `partLimit` values.
  public func top(
    _ field: EventField, _ filter: EventFilter, limit: Int, now: Timestamp = .now
  ) async throws -> EventTop {
    guard filter.isCountable, field == .severity || field == .sourceType else {
      return try await sampledTop(field, filter, limit: limit)
    }
    let range = RollupRange(from: filter.from, to: filter.to, now: now)
    let counts = try await bounded(filter.organization, by: Self.patience) { connection in
      var counts: [String: Int64] = [:]
      for part in range.parts {
        for value in try connection.values(of: field, filter, in: part) {
          counts[value.text, default: 0] += value.events
        }
      }
      for end in range.ends {
        let filter = filter.within(end.lowerBound, end.upperBound)
        for value in try connection.values(of: field, filter) {
          counts[value.text, default: 0] += value.events
        }
      }
      return counts
    }
    guard counts.count <= Self.partLimit else {
      throw EventStoreError(.tooMany, "there are more than \(Self.partLimit) values")
    }
    let values = counts.map { EventTop.Value(text: $0, events: $1) }
      .sorted { ($1.events, $0.text) < ($0.events, $1.text) }
    return EventTop(
      values: Array(values.prefix(limit)), events: counts.values.reduce(0, +), isSampled: false)
  }

  private func sampledTop(
    _ field: EventField, _ filter: EventFilter, limit: Int
  ) async throws -> EventTop {
    var parameters = SQLParameters()
    let sample = """
      select \(field.text) as value
      from events
      where \(filter.sql(&parameters))
      order by ts desc, id desc
      limit \(parameters.bind(Self.sampleSize))
      """
    // The first row counts all that were looked at.
    let statement = PostgresStatement(
      "events.top",
      """
      with sample as materialized (
      \(sample)
      )
      (select null as value, count(*) as events from sample)
      union all
      (
        select value, count(*) as events
        from sample
        where value is not null
        group by value
        order by events desc, value collate "C"
        limit \(parameters.bind(limit))
      )
      """)
    let values = parameters.values
    let rows = try await bounded(filter.organization, by: Self.patience) { connection in
      try connection.query(statement, values) { (try $0.optionalText(0), try $0.int8(1)) }
    }
    let looked = rows.first { $0.0 == nil }?.1 ?? 0
    return EventTop(
      values: rows.compactMap { text, events in text.map { .init(text: $0, events: events) } },
      events: looked, isSampled: looked >= Int64(Self.sampleSize))
  }
}

extension EventField {
  /// The value as text, as the API writes it.
  fileprivate var text: String {
    switch kind {
    case .text, .message: column
    case .integer: "\(column)::int::text"
    case .address: "host(\(column))"
    case .identifier: "\(column)::text"
    case .time:
      "to_char(\(column) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    }
  }
}

extension PostgresConnection {
  /// The values of a field that the rollups know, from them.
  fileprivate func values(
    of field: EventField, _ filter: EventFilter, in part: RollupRange.Part
  ) throws -> [EventTop.Value] {
    var parameters = SQLParameters()
    return try query(
      PostgresStatement(
        "rollups.top",
        """
        select \(field.text), sum(\(part.unit.events))::bigint
        from \(part.unit.table)
        where \(filter.rollupSQL(part, &parameters))
        group by 1
        limit \(parameters.bind(EventStatistics.partLimit + 1))
        """), parameters.values
    ) { EventTop.Value(text: try $0.text(0), events: try $0.int8(1)) }
  }

  fileprivate func values(
    of field: EventField, _ filter: EventFilter
  ) throws -> [EventTop.Value] {
    var parameters = SQLParameters()
    let text =
      field == .sourceType ? "left(source_type, \(EventTally.sourceTypeLength))" : field.text
    return try query(
      PostgresStatement(
        "events.values",
        """
        select \(text), count(*)
        from events
        where \(filter.sql(&parameters))
        group by 1
        limit \(parameters.bind(EventStatistics.partLimit + 1))
        """), parameters.values
    ) { EventTop.Value(text: try $0.text(0), events: try $0.int8(1)) }
  }
}
