internal import Core
internal import Postgres

extension AnalyticsRefresh {
  /// Counts the detections of commits that came since the last pass. A writer numbers its commits without
  /// gaps, and a number is seen with its commit: what lies between two numbers is read whole, and once.
  func countDetections(
    _ pass: inout AnalyticsPass, on connection: isolated PostgresConnection
  ) throws {
    let writers = try connection.query(Self.findWriters) { row in
      (id: try row.int4(0), seq: try row.int8(1), head: try row.int8(2))
    }
    for writer in writers {
      let end = min(writer.head, writer.seq + limits.commits)
      if end < writer.head { pass.hasMore = true }
      let sums = try connection.query(
        Self.addDetections, [.int4(writer.id), .int8(writer.seq), .int8(end)]
      ) { (OrganizationID(try $0.int4(0)), try $0.int8(1)) }
      pass.organizations.formUnion(sums.map(\.0))
      pass.detections += sums.reduce(0) { $0 + $1.1 }
      try connection.execute(Self.advance, [.int4(writer.id), .int8(end)])
    }
  }

  private static let findWriters = PostgresStatement(
    "analytics.writers",
    """
    select w.id, coalesce(c.seq, 0), w.head
    from event_writers w
    left join detection_rollup_cursors c on c.writer_id = w.id
    where w.head > coalesce(c.seq, 0)
    order by w.id
    """)
  private static let addDetections = PostgresStatement(
    "analytics.add_detections",
    """
    with counted as (
      select organization_id, date_trunc('hour', ts, 'UTC') as hour, rule_id, count(*) as detections
      from detections
      where writer_id = $1 and writer_seq > $2 and writer_seq <= $3
      group by 1, 2, 3
    ), added as (
      insert into detection_rollups as sums (organization_id, hour, rule_id, detections)
      select organization_id, hour, rule_id, detections
      from counted
      order by organization_id, hour, rule_id
      on conflict (organization_id, hour, rule_id) do update
      set detections = sums.detections + excluded.detections
    )
    select organization_id, sum(detections)::bigint
    from counted
    group by organization_id
    order by organization_id
    """)
  private static let advance = PostgresStatement(
    "analytics.advance",
    """
    insert into detection_rollup_cursors (writer_id, seq)
    values ($1, $2)
    on conflict (writer_id) do update
    set seq = excluded.seq
    """)
}
