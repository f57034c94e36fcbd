public import Core
internal import NIOConcurrencyHelpers
public import Postgres

/// The months of tables that are partitioned by month: `events` and `detections`, or others.
///
/// A month is made as a table of its own and then attached: `create … partition of` would take an
/// exclusive lock on the parent and stall every insert, `attach` takes only SHARE UPDATE EXCLUSIVE
/// there (and looks once through the default partition, which is kept empty).
public final class Partitions: Sendable {
  private let pool: PostgresPool
  private let tables: [String]
  private let known = NIOLockedValueBox<Set<Timestamp>>([])

  /// The advisory lock under which partitions are made, on whichever node.
  static let lock: Int64 = 0x4852_5061_7274

  /// - Parameter tables: each with a partition called `<table>_default`. The names become SQL.
  public init(pool: PostgresPool, tables: [String] = ["events", "detections"]) {
    self.pool = pool
    self.tables = tables
  }

  /// Makes the month of `ts` in each table unless it exists. Cheap once a month is known.
  public func ensure(month ts: Timestamp) async throws {
    let month = ts.month
    guard !known.withLockedValue({ $0.contains(month.start) }) else { return }
    try await pool.withConnection { [tables] connection in
      try connection.transaction {
        _ = try connection.execute(Self.takeLock, [.int8(Self.lock)])
        for table in tables {
          try Self.make(table, month, on: connection)
        }
      }
    }
    known.withLockedValue { _ = $0.insert(month.start) }
  }

  /// Makes this month and the `ahead` months after it.
  public func ensureAhead(of now: Timestamp, months ahead: Int = 3) async throws {
    var ts = now
    for _ in 0...ahead {
      try await ensure(month: ts)
      ts = ts.month.end
    }
  }

  /// Rows in the default partitions, which should be none: they wait for a month that was not made.
  public func strays() async throws -> Int64 {
    let counts = tables.map { "(select count(*) from \($0)_default)" }.joined(separator: " + ")
    let statement = PostgresStatement("partitions.strays", "select \(counts)")
    return try await pool.withConnection { connection in
      try connection.query(statement) { try $0.int8(0) }.first ?? 0
    }
  }

  static func name(of table: String, month: Timestamp) -> String {
    let date = month.date
    let number = date.month < 10 ? "0\(date.month)" : "\(date.month)"
    return "\(table)_\(date.year)_\(number)"
  }

  private static func make(
    _ table: String, _ month: (start: Timestamp, end: Timestamp),
    on connection: isolated PostgresConnection
  ) throws {
    let name = name(of: table, month: month.start)
    let exists = try connection.query(find, [.text(name)]) { _ in true }
    guard exists.isEmpty else { return }
    // Names and bounds are made from a date, never from a caller's text.
    try connection.executeScript(
      """
      create table \(name) (like \(table) including defaults including constraints)
      with (autovacuum_vacuum_insert_scale_factor = 0.02,
            autovacuum_vacuum_insert_threshold = 200000,
            autovacuum_analyze_scale_factor = 0.02);
      alter table \(table) attach partition \(name)
      for values from ('\(month.start)') to ('\(month.end)');
      """)
  }

  private static let takeLock = PostgresStatement(
    "partitions.lock", "select pg_advisory_xact_lock($1)")
  private static let find = PostgresStatement(
    "partitions.find",
    """
    select 1
    from pg_inherits
    where inhrelid = to_regclass($1)
    """)
}
