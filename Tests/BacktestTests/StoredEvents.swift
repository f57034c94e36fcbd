import Core
import EventStore
import Postgres
import Tenancy
import TestServers

/// A migrated database that holds events, and what reads them.
struct StoredEvents {
  let database: TestDatabase
  let pool: PostgresPool
  let records: EventRecords

  static let organization = OrganizationID(7)
  static let start = Timestamp("2026-11-20T22:00:00Z")!

  init() async throws {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    database = try await SharedPostgres.shared().database(
      migrations: tests.joined(separator: "/") + "/Migrations")
    pool = database.pool()
    records = EventRecords(
      records: RawRecords(pool: pool), tenants: TenantPool(pool: pool))
  }

  init(_ records: [EventRecord]) async throws {
    try await self.init()
    try await store(records)
  }

  func store(
    _ records: [EventRecord], organization: OrganizationID = Self.organization,
    deleted: Bool = false
  ) async throws {
    let partitions = Partitions(pool: pool)
    for month in Set(records.map(\.ts.month.start)) { try await partitions.ensure(month: month) }
    try await pool.withConnection { connection in
      _ = try connection.execute(
        Self.insert,
        [
          .timestamptzArray(records.map(\.ts.microseconds)),
          .timestamptzArray(records.map(\.receivedAt.microseconds)),
          .uuidArray(records.map { ($0.id.high, $0.id.low) }),
          .textArray(records.map(\.sourceType)), .byteaArray(records.map(\.raw)),
          .int4(organization.rawValue), .bool(deleted),
        ])
    }
  }

  private static let insert = PostgresStatement(
    "test.insert",
    """
    insert into events (
      ts, received_at, id, organization_id, severity, source_type, batch_id, raw, deleted_at)
    select ts, received_at, id, $6, 0, source_type, 1, raw, case when $7 then now() end
    from unnest($1::timestamptz[], $2::timestamptz[], $3::uuid[], $4::text[], $5::bytea[])
      as t (ts, received_at, id, source_type, raw)
    """)

  func range(
    hours: Int64 = 24, sourceType: String? = nil, organization: OrganizationID = Self.organization
  ) -> EventRecordRange {
    EventRecordRange(
      organization: organization, from: Self.start,
      to: Self.start.advanced(byMicroseconds: hours * 3_600_000_000), sourceType: sourceType)
  }
}

extension EventRecord {
  /// A record that came when it happened.
  init(_ raw: String, at ts: Timestamp, number: Int, sourceType: String) {
    self.init(
      id: EventID(timestamp: ts, entropy: (0, UInt64(number))), ts: ts, receivedAt: ts,
      sourceType: sourceType, raw: Array(raw.utf8))
  }
}
