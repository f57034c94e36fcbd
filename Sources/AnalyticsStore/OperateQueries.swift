public import Core
public import Postgres

/// What those who run the service see of all organizations: needs the service's own role.
public enum OperateQueries {
  /// One organization's ledger over one interval: received = stored + duplicates + quarantined.
  public struct LedgerSum: Sendable, Equatable {
    public let organization: OrganizationID
    public let start: Timestamp
    public let batches: Int64
    public let received: Int64
    public let stored: Int64
    public let duplicates: Int64
    public let quarantined: Int64

    public var isBalanced: Bool { received == stored + duplicates + quarantined }
  }

  public struct Partition: Sendable, Equatable {
    public let table: String
    public let name: String
    /// Nil for the default partition.
    public let from: Timestamp?
    public let to: Timestamp?
    /// By the planner's statistics; nil where there are none yet.
    public let rowsEstimate: Int64?
    /// With its indexes.
    public let bytes: Int64
  }

  public static let mostSums = 10_000
  /// Rows of each default partition that are counted; there should be none.
  public static let mostStrays: Int64 = 10_000

  /// The sums of the batches that were received in the range, by organization and interval.
  public static func ledger(
    _ range: SummaryRange, organization: OrganizationID?,
    on connection: isolated PostgresConnection
  ) throws -> [LedgerSum] {
    try connection.query(
      sumLedger,
      [
        range.from.value, range.to.value, .text(range.interval.rawValue),
        .optionalInt4(organization?.rawValue), .int8(Int64(mostSums)),
      ]
    ) { row in
      LedgerSum(
        organization: OrganizationID(try row.int4(0)),
        start: Timestamp(microseconds: try row.timestamptz(1)), batches: try row.int8(2),
        received: try row.int8(3), stored: try row.int8(4), duplicates: try row.int8(5),
        quarantined: try row.int8(6))
    }
  }

  /// The partitions of events and detections, the oldest first.
  public static func partitions(on connection: isolated PostgresConnection) throws -> [Partition] {
    try connection.query(findPartitions) { row in
      let rows = try row.int8(4)
      return Partition(
        table: try row.text(0), name: try row.text(1),
        from: try row.optionalTimestamptz(2).map { Timestamp(microseconds: $0) },
        to: try row.optionalTimestamptz(3).map { Timestamp(microseconds: $0) },
        rowsEstimate: rows < 0 ? nil : rows, bytes: try row.int8(5))
    }
  }

  /// Rows in the default partitions, of each counted up to `mostStrays`.
  public static func strays(on connection: isolated PostgresConnection) throws -> Int64 {
    try connection.query(countStrays, [.int8(mostStrays)]) { try $0.int8(0) }.first ?? 0
  }

  static let sumLedger = PostgresStatement(
    "operate.ledger",
    """
    select organization_id, date_trunc($3, received_at, 'UTC') as start, count(*),
      sum(received)::bigint, sum(stored)::bigint, sum(duplicates)::bigint, sum(quarantined)::bigint
    from ingest_batches
    where received_at >= $1 and received_at < $2 and ($4::int is null or organization_id = $4)
    group by organization_id, start
    order by start desc, organization_id
    limit $5
    """)
  private static let findPartitions = PostgresStatement(
    "operate.partitions",
    """
    select parent.relname::text, child.relname::text, (bounds.found)[1]::timestamptz,
      (bounds.found)[2]::timestamptz, child.reltuples::bigint,
      pg_total_relation_size(child.oid)
    from pg_inherits
    join pg_class parent on parent.oid = inhparent
    join pg_class child on child.oid = inhrelid
    left join lateral (
      select regexp_match(
        pg_get_expr(child.relpartbound, child.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)')
        as found
    ) bounds on true
    where parent.oid in (to_regclass('events'), to_regclass('detections'))
    order by parent.relname desc, 3 nulls last
    limit 10000
    """)
  private static let countStrays = PostgresStatement(
    "operate.strays",
    """
    select count(*)
    from (
      (select from events_default limit $1)
      union all
      (select from detections_default limit $1)
    ) strays
    """)
}
