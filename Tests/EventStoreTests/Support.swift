import Core
import EventStore
import Postgres
import Tenancy
import TestServers

#if canImport(Glibc)
  import Glibc
#endif

/// A migrated database with a writer, and batches to commit.
struct Store {
  let database: TestDatabase
  let pool: PostgresPool
  let partitions: Partitions
  let writer: EventWriter

  static let migrations: String = {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return tests.joined(separator: "/") + "/Migrations"
  }()

  init() async throws {
    database = try await SharedPostgres.shared().database(migrations: Self.migrations)
    pool = database.pool()
    partitions = Partitions(pool: pool)
    writer = EventWriter(configuration: database.configuration, node: "test")
  }

  /// As analysts' queries run: under row-level security, with their settings.
  var tenants: TenantPool {
    var configuration = database.configuration
    configuration.settings = [
      (name: "role", value: "harrier_tenant"), (name: "enable_sort", value: "off"),
      (name: "jit", value: "off"), (name: "plan_cache_mode", value: "force_custom_plan"),
    ]
    return TenantPool(pool: PostgresPool(configuration: configuration, maxConnections: 2))
  }

  var deadline: ContinuousClock.Instant { ContinuousClock.now + .seconds(30) }

  func commit(_ batches: StagedBatch...) async throws -> [BatchOutcome] {
    try await partitions.ensure(month: Batch.ts)
    return try await writer.commit(batches, until: deadline).map { try $0.get() }
  }

  func number(_ sql: String) async throws -> Int64 {
    try await pool.withConnection { connection in
      try connection.query(PostgresStatement("test.number", sql)) { try $0.int8(0) }.first ?? -1
    }
  }

  /// The ledger agrees with itself and with what is stored.
  func ledgerAddsUp() async throws -> Bool {
    try await number(
      """
      select (coalesce(sum(stored), 0) = (select count(*) from events)
        and coalesce(sum(quarantined), 0) = (select count(*) from quarantine))::int::bigint
      from ingest_batches
      """) == 1
  }
}

enum Batch {
  static let ts = Timestamp("2026-11-21T05:30:00Z")!

  /// A batch of events with the given ids, each with a detection.
  static func make(
    _ number: Int64, ids: [UInt64], organization: Int32 = 1, key: String? = nil, digest: UInt8 = 0,
    quarantined: Int = 0, spoil: (inout EventColumns, Int) -> Void = { _, _ in }
  ) -> StagedBatch {
    var batch = StagedBatch(
      id: number, organization: OrganizationID(organization), source: "test",
      key: key.map { BatchKey(text: $0, digest: [UInt8](repeating: digest, count: 32)) },
      receivedAt: ts)
    for (index, id) in ids.enumerated() {
      var columns = EventColumns()
      columns.ts = ts
      columns.sourceType = "linux.sshd"
      columns.srcIP = IPAddress("203.0.113.7")
      columns.dstIP = IPAddress("2001:db8::5")
      columns.srcPort = 65535
      columns.severity = .high
      columns.user = "root"
      columns.message = "event \(id)"
      spoil(&columns, index)
      batch.rows.append(
        columns: columns, ts: ts, id: EventID(timestamp: ts, entropy: (0, id)), index: index,
        batch: batch.header, raw: Array("{\"n\":\(id)}".utf8))
      batch.add(
        StagedDetection(
          row: index, ruleID: "rule", ruleVersion: 1, level: "low", columns: columns,
          fields: Array(#"{"src_ip":"203.0.113.7"}"#.utf8), matched: Array("{}".utf8)))
    }
    for index in 0..<quarantined {
      batch.add(
        QuarantinedRecord(
          index: ids.count + index, sourceType: nil, code: "unexpected_end", detail: "cut off",
          raw: Array("{".utf8)))
    }
    batch.received = ids.count + quarantined
    return batch
  }
}

extension Store {
  /// The rollups and the events tell the same.
  func rollupsAgree() async throws -> Bool {
    let different = try await number(
      """
      select count(*)
      from (
        select organization_id, date_trunc('hour', ts, 'UTC') as hour, severity,
          left(source_type, 200) as source_type, date_bin('5 minutes', ts, 'epoch') as part,
          count(*) as n
        from events group by 1, 2, 3, 4, 5
      ) stored
      full join (
        select organization_id, hour, severity, source_type,
          hour + minute * interval '1 minute' as part, sum(events_of_part) as n
        from event_rollups cross join lateral (values
          (0, m00), (5, m05), (10, m10), (15, m15), (20, m20), (25, m25), (30, m30), (35, m35),
          (40, m40), (45, m45), (50, m50), (55, m55)) as parts (minute, events_of_part)
        where events_of_part > 0
        group by 1, 2, 3, 4, 5
      ) counted using (organization_id, hour, severity, source_type, part)
      where stored.n is distinct from counted.n
      """)
    let unequal = try await number(
      """
      select count(*) from event_rollups
      where events <> m00 + m05 + m10 + m15 + m20 + m25 + m30 + m35 + m40 + m45 + m50 + m55
      """)
    return different == 0 && unequal == 0
  }
}

enum Files {
  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Unreadable(path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  struct Unreadable: Error {
    let path: String

    init(_ path: String) { self.path = path }
  }
}
