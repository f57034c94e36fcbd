internal import Postgres

extension CorrelationHistory {
  /// The columns that `DetectionDecoder` reads, of `detections d`. Short fields are taken as they are;
  /// taking each apart to cut its values costs more than all the rest.
  static let columns = """
    d.ts, d.event_id, d.rule_id, d.rule_version, d.received_at, d.src_ip, d.dst_ip,
      correlation_text(d.host), correlation_text(d."user"),
      case when pg_column_size(d.fields) <= 1000 and pg_column_compression(d.fields) is null
        then d.fields
        else (select jsonb_object_agg(key, correlation_text(value)) from jsonb_each_text(d.fields))
      end, d.writer_seq, d.writer_id, d.excepted
    """

  /// Whether a detection `d` is not set aside.
  private static let isNotHeld = """
    not exists (
      select
      from correlation_skips s
      where s.organization_id = d.organization_id
        and s.writer_id = d.writer_id
        and d.writer_seq between s.from_seq and s.to_seq
        and s.replayed_at is null)
    """

  static let findHeads = PostgresStatement(
    "correlation.heads", "select id, head from event_writers order by id")
  static let findCursors = PostgresStatement(
    "correlation.cursors", "select writer_id, seq from correlation_cursors where shard = $1")
  static let readCommits = PostgresStatement(
    "correlation.read",
    """
    select d.organization_id, \(columns)
    from detections d
    where d.writer_id = $2
      and d.writer_seq between $3 and $4
      and d.organization_id % 16 = any ($1)
    order by d.writer_seq
    limit $5
    """)
  static let moveCursor = PostgresStatement(
    "correlation.advance",
    """
    insert into correlation_cursors (shard, writer_id, seq)
    values ($1, $2, $3)
    on conflict (shard, writer_id) do update
    set seq = excluded.seq
    where correlation_cursors.seq < excluded.seq
    """)
  static let readHistory = PostgresStatement(
    "correlation.history",
    """
    select \(columns)
    from detections d
    join correlation_cursors c on c.shard = $5 and c.writer_id = d.writer_id
    where d.organization_id = $1
      and d.rule_id = any ($2)
      and d.ts between $3 and $4
      and d.writer_seq <= c.seq
      and \(isNotHeld)
    order by d.ts desc
    limit $6
    """)
  static let countSome = PostgresStatement(
    "correlation.count_some",
    """
    select count(*)
    from (
      select
      from detections
      where organization_id = $1
      limit $2
    ) counted
    """)
  static let findNewest = PostgresStatement(
    "correlation.newest",
    """
    select d.ts
    from detections d
    join correlation_cursors c on c.shard = $2 and c.writer_id = d.writer_id
    where d.organization_id = $1 and d.writer_seq <= c.seq
    order by d.ts desc
    limit 1
    """)
  static let findReceived = PostgresStatement(
    "correlation.received",
    """
    select min(ts)
    from detections
    where organization_id = $1 and rule_id = any ($2) and received_at >= $3
    """)
  static let findOrganizations = PostgresStatement(
    "correlation.organizations",
    """
    select id
    from organizations
    where id % 16 = $1
    order by id
    """)
}
