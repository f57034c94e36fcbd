public import Core
public import Postgres

/// Reads summaries. Each question is asked for one organization and can see no other.
public enum AnalyticsQueries {
  /// The most incidents whose times are looked at one by one, for medians.
  static let mostTimes: Int64 = 100_000
  /// Entities in a summary.
  public static let topEntities = 10

  /// The summary of a range. All numbers are of one moment.
  public static func summary(
    _ organization: OrganizationID, _ range: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> AnalyticsSummary {
    try connection.transaction(isolation: .readOnlySnapshot) {
      AnalyticsSummary(
        asOf: try asOf(organization, on: connection),
        events: try events(organization, range, on: connection),
        detections: try detections(organization, range, on: connection),
        incidents: try incidents(organization, range.days, on: connection),
        open: try open(organization, on: connection),
        entities: try EntityQueries.list(
          organization, EntityFilter(), limit: topEntities, on: connection))
    }
  }

  /// The time up to which changes of incidents are counted.
  public static func asOf(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Timestamp {
    let times = try connection.query(findTime, [.int4(organization.rawValue)]) {
      Timestamp(microseconds: try $0.timestamptz(0))
    }
    return times.first ?? .now
  }

  static func events(
    _ organization: OrganizationID, _ range: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> EventSummary {
    var summary = EventSummary()
    _ = try connection.query(sumEvents, values(organization, range)) { row in
      let count = try row.int8(3)
      if let start = try row.optionalTimestamptz(0) {
        summary.counts.series[Timestamp(microseconds: start)] = count
        summary.counts.total += count
      } else if let sourceType = try row.optionalText(1) {
        summary.counts.groups[sourceType] = count
      } else if let severity = try row.optionalInt2(2) {
        summary.bySeverity[severity] = count
      }
    }
    return summary
  }

  /// Detections by rule, and over time.
  public static func detections(
    _ organization: OrganizationID, _ range: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> CountsOverTime<String> {
    var counts = CountsOverTime<String>()
    _ = try connection.query(sumDetections, values(organization, range)) { row in
      let count = try row.int8(2)
      if let start = try row.optionalTimestamptz(0) {
        counts.series[Timestamp(microseconds: start)] = count
        counts.total += count
      } else if let rule = try row.optionalText(1) {
        counts.groups[rule] = count
      }
    }
    return counts
  }

  /// The source types of which an event of the range has been stored.
  public static func sourceTypes(
    _ organization: OrganizationID, _ range: SummaryRange,
    on connection: isolated PostgresConnection
  ) throws -> [String] {
    try connection.query(
      findSourceTypes, [.int4(organization.rawValue), range.from.value, range.to.value]
    ) { try $0.text(0) }
  }

  private static func values(
    _ organization: OrganizationID, _ range: SummaryRange
  ) -> [PostgresValue] {
    [
      .int4(organization.rawValue), range.from.value, range.to.value,
      .text(range.interval.rawValue),
    ]
  }

  private static let findTime = PostgresStatement(
    "analytics.as_of",
    """
    select coalesce(min(at), statement_timestamp())
    from incident_changes
    where organization_id = $1
    """)
  static let sumEvents = PostgresStatement(
    "analytics.events",
    """
    select start, source_type, severity, sum(events)::bigint
    from (
      select date_trunc($4, hour, 'UTC') as start, source_type, severity, events
      from event_rollups
      where organization_id = $1 and hour >= $2 and hour < $3
    ) sums
    group by grouping sets ((start), (source_type), (severity))
    """)
  static let sumDetections = PostgresStatement(
    "analytics.detections",
    """
    select start, rule_id, sum(detections)::bigint
    from (
      select date_trunc($4, hour, 'UTC') as start, rule_id, detections
      from detection_rollups
      where organization_id = $1 and hour >= $2 and hour < $3
    ) sums
    group by grouping sets ((start), (rule_id))
    """)
  static let findSourceTypes = PostgresStatement(
    "analytics.source_types",
    """
    select distinct source_type
    from event_rollups
    where organization_id = $1 and hour >= $2 and hour < $3
    limit 10000
    """)
}

extension Timestamp {
  var value: PostgresValue { .timestamptz(microseconds: microseconds) }
}
