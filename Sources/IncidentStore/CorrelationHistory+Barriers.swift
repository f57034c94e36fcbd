internal import Core
public import Postgres

extension CorrelationHistory {
  /// What there is to be read, and up to where.
  public struct Outlook: Sendable {
    /// For each writer the number of its last commit.
    public var heads: [Int32: Int64]
    /// For each shard that was asked about the first change of rules after its revision.
    public var barriers: [CorrelationShard: CorrelationBarrier]
    /// The revision up to which all changes were looked at.
    public var revision: Int64
  }

  /// Looks at the writers' heads and the changes of rules at one moment: a commit that the heads
  /// count was made under revisions that are seen, and a change's heads are none that are not.
  ///
  /// - Parameter shards: each with the revision behind which to look.
  public static func outlook(
    _ shards: [(shard: CorrelationShard, revision: Int64)],
    on connection: isolated PostgresConnection
  ) throws -> Outlook {
    try connection.transaction(isolation: .repeatableRead) {
      let heads = try connection.query(findHeads) { (try $0.int4(0), try $0.int8(1)) }
      let barriers = try connection.query(
        findBarriers,
        [
          .int4Array(shards.map(\.shard.rawValue)), .int8Array(shards.map(\.revision)),
        ]
      ) { (CorrelationShard(rawValue: try $0.int4(0)), try barrier($0)) }
      let latest = try connection.query(findLatestRevision) { try $0.int8(0) }
      return Outlook(
        heads: Dictionary(uniqueKeysWithValues: heads),
        barriers: Dictionary(uniqueKeysWithValues: barriers), revision: latest.first ?? 0)
    }
  }

  /// The revision by which a shard's detections are correlated: the first of all before it has ever
  /// moved on, since what was committed before there were revisions was found by those rules.
  public static func revision(
    of shard: CorrelationShard, on connection: isolated PostgresConnection
  ) throws -> Int64 {
    let rows = try connection.query(findRevision, [.int4(shard.rawValue)]) { try $0.int8(0) }
    return rows.first ?? 0
  }

  /// Notes that a shard's detections are correlated by the rules of `revision` from now on.
  public static func move(
    _ shard: CorrelationShard, to revision: Int64, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(moveRevision, [.int4(shard.rawValue), .int8(revision)])
  }

  /// The marks of some revisions, which are given in ascending order.
  public static func marks(
    _ revisions: [Int64], on connection: isolated PostgresConnection
  ) throws -> RevisionMarks {
    guard !revisions.isEmpty else { return .none }
    let rows = try connection.query(findMarks, [.int8Array(revisions)]) { row in
      (revision: try row.int8(0), heads: try heads(row, from: 1))
    }
    return RevisionMarks(rows)
  }

  private static func barrier(_ row: PostgresRow) throws -> CorrelationBarrier {
    CorrelationBarrier(
      revision: try row.int8(1),
      organization: try row.optionalInt4(2).map { OrganizationID($0) },
      createdAt: Timestamp(microseconds: try row.timestamptz(3)),
      heads: try heads(row, from: 4))
  }

  private static func heads(_ row: PostgresRow, from column: Int) throws -> [Int32: Int64] {
    let writers = try row.int4Array(column).compactMap(\.self)
    let numbers = try row.int8Array(column + 1).compactMap(\.self)
    return Dictionary(uniqueKeysWithValues: zip(writers, numbers))
  }

  private static let headColumns = """
    array (select key::int from jsonb_each_text(heads) order by key),
      array (select value::bigint from jsonb_each_text(heads) order by key)
    """

  private static let findBarriers = PostgresStatement(
    "correlation.barriers",
    """
    select wanted.shard, next.revision, next.organization_id, next.created_at, \(headColumns)
    from unnest($1::int[], $2::bigint[]) as wanted (shard, revision)
    cross join lateral (
      select revision, organization_id, created_at, heads
      from rule_revisions r
      where r.revision > wanted.revision
        and (r.organization_id is null or r.organization_id % 16 = wanted.shard)
      order by r.revision
      limit 1
    ) next
    """)
  private static let findLatestRevision = PostgresStatement(
    "correlation.latest_revision", "select coalesce(max(revision), 0) from rule_revisions")
  private static let findRevision = PostgresStatement(
    "correlation.revision",
    """
    select coalesce(
      (select revision from correlation_revisions where shard = $1),
      (select min(revision) from rule_revisions),
      0)
    """)
  private static let moveRevision = PostgresStatement(
    "correlation.move_revision",
    """
    insert into correlation_revisions (shard, revision)
    values ($1, $2)
    on conflict (shard) do update
    set revision = excluded.revision
    where correlation_revisions.revision < excluded.revision
    """)
  private static let findMarks = PostgresStatement(
    "correlation.marks",
    """
    select revision, \(headColumns)
    from rule_revisions
    where revision = any ($1)
    order by revision
    """)
}
