public import Core
public import Postgres

/// Reads how alive sources are. Each question is asked for one organization and can see no other.
public enum SourceQueries {
  /// Days without an event after which a source is no more listed.
  public static let days: Int64 = 30
  public static let mostSources = 500
  /// The newest events of an hour among which a source's last one is looked for.
  static let mostEvents: Int64 = 2000
  /// The newest batches that are counted.
  public static let mostBatches: Int64 = 10_000
  static let mostQuarantined: Int64 = 100_000

  public static func activity(
    _ organization: OrganizationID, at now: Timestamp, on connection: isolated PostgresConnection
  ) throws -> SourceActivity {
    try connection.transaction(isolation: .readOnlySnapshot) {
      let id = PostgresValue.int4(organization.rawValue)
      var sources = try sources(id, now, on: connection)
      let since = now.advanced(byMicroseconds: -Timestamp.microsecondsPerDay)
      let quarantined = try connection.query(
        countQuarantined, [id, since.value, .int8(mostQuarantined)]
      ) { (try $0.text(0), try $0.int8(1)) }
      for (sourceType, count) in quarantined {
        guard let index = sources.firstIndex(where: { $0.sourceType == sourceType }) else {
          continue
        }
        sources[index].quarantined = count
      }
      let (sensors, counted) = try sensors(id, since, on: connection)
      return SourceActivity(
        at: now, sources: sources, sensors: sensors, countsAllBatches: counted < mostBatches)
    }
  }

  private static func sources(
    _ organization: PostgresValue, _ now: Timestamp, on connection: isolated PostgresConnection
  ) throws -> [SourceActivity.Source] {
    try connection.query(
      findSources,
      [
        organization, now.advanced(byMicroseconds: -days * Timestamp.microsecondsPerDay).value,
        SourceActivity.recent(before: now).value, SourceActivity.day(before: now).value,
        .int8(Int64(mostSources)), .int8(mostEvents),
      ]
    ) { row in
      SourceActivity.Source(
        sourceType: try row.text(0), lastHour: Timestamp(microseconds: try row.timestamptz(1)),
        lastEventAt: try row.optionalTimestamptz(4).map { Timestamp(microseconds: $0) },
        lastReceivedAt: try row.optionalTimestamptz(5).map { Timestamp(microseconds: $0) },
        recentEvents: try row.int8(2), dayEvents: try row.int8(3), quarantined: 0)
    }
  }

  private static func sensors(
    _ organization: PostgresValue, _ since: Timestamp, on connection: isolated PostgresConnection
  ) throws -> ([SourceActivity.Sensor], counted: Int64) {
    let sensors = try connection.query(
      findSensors, [organization, since.value, .int8(mostBatches)]
    ) { row in
      SourceActivity.Sensor(
        keyID: try row.optionalText(0), source: try row.text(1),
        lastBatchAt: Timestamp(microseconds: try row.timestamptz(2)), batches: try row.int8(3),
        received: try row.int8(4), stored: try row.int8(5), duplicates: try row.int8(6),
        quarantined: try row.int8(7))
    }
    return (sensors, sensors.reduce(0) { $0 + $1.batches })
  }

  static let findSources = PostgresStatement(
    "sources.activity",
    """
    select source.source_type, source.last_hour, source.recent, source.day, last.ts, last.received_at
    from (
      select source_type, max(hour) as last_hour,
        coalesce(sum(events) filter (where hour >= $3), 0)::bigint as recent,
        coalesce(sum(events) filter (where hour >= $4), 0)::bigint as day
      from event_rollups
      where organization_id = $1 and hour >= $2 and events > 0
      group by source_type
      order by last_hour desc, source_type
      limit $5
    ) source
    left join lateral (
      select ts, received_at
      from (
        select ts, received_at, source_type
        from events
        where organization_id = $1
          and ts >= source.last_hour
          and ts < source.last_hour + interval '1 hour'
          and deleted_at is null
        order by ts desc, id desc
        limit $6
      ) newest
      where left(newest.source_type, 200) = source.source_type
      order by ts desc
      limit 1
    ) last on true
    order by source.source_type
    """)
  static let countQuarantined = PostgresStatement(
    "sources.quarantined",
    """
    select source_type, count(*)
    from (
      select source_type
      from quarantine
      where organization_id = $1 and received_at >= $2
      order by received_at desc
      limit $3
    ) newest
    where source_type is not null
    group by source_type
    """)
  static let findSensors = PostgresStatement(
    "sources.sensors",
    """
    select key_id, source, max(received_at), count(*), sum(received)::bigint, sum(stored)::bigint,
      sum(duplicates)::bigint, sum(quarantined)::bigint
    from (
      select *
      from ingest_batches
      where organization_id = $1
      order by id desc
      limit $3
    ) newest
    where received_at >= $2
    group by key_id, source
    order by key_id, source
    """)
}
