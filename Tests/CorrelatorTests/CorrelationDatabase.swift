import Core
import Correlation
import Correlator
import IncidentStore
import Postgres
import Sigma
import TestServers

typealias Detection = Correlation.Detection

/// A migrated database of one test, with organizations and what ingestion would write.
struct CorrelationDatabase {
  let database: TestDatabase
  let pool: PostgresPool
  /// What is added to the time at which detections are received.
  private let receivedLater: Int64

  /// - Parameter receivedLater: seconds. A window that waits for something to be absent is closed by later
  ///   events, or by the clock its length after its event was received: a day, say, leaves it to the
  ///   events, however long the test takes.
  init(receivedLater: Int64 = 0) async throws {
    self.receivedLater = receivedLater
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    database = try await SharedPostgres.shared().database(migrations: Self.migrations(root))
    pool = database.pool(maxConnections: 6)
  }

  private static func migrations(_ root: String) -> String { "\(root)/Migrations" }

  func makeOrganization(_ slug: String) async throws -> OrganizationID {
    let statement = PostgresStatement(
      "test.organization",
      "insert into organizations (slug, name) values ($1, $1) returning id")
    return try await pool.withConnection { connection in
      OrganizationID(try connection.query(statement, [.text(slug)]) { try $0.int4(0) }[0])
    }
  }

  /// Commits detections as one batch of a writer, which is made if it is not there.
  func commit(
    _ detections: [Detection], _ organization: OrganizationID, writer: String = "w"
  ) async throws {
    try await pool.withConnection { connection in
      try connection.transaction {
        let rows = try connection.query(Self.advance, [.text(writer)]) {
          (try $0.int4(0), try $0.int8(1))
        }
        var head = rows.first
        if head == nil {
          try connection.execute(Self.makeWriter, [.text(writer)])
          head = try connection.query(Self.advance, [.text(writer)]) {
            (try $0.int4(0), try $0.int8(1))
          }.first
        }
        let (id, seq) = head!
        for (ordinal, detection) in detections.enumerated() {
          let fields = detection.fields.names.map { name in
            "\"\(name)\":\"\(detection.fields[name] ?? "")\""
          }
          try connection.execute(
            Self.insert,
            [
              .timestamptz(microseconds: detection.ts.microseconds),
              .uuid(high: detection.eventID.high, low: detection.eventID.low),
              .int4(organization.rawValue), .text(detection.ruleID), .int4(id), .int8(seq),
              .int4(Int32(ordinal)), .optionalInet(detection.srcIP?.bytes),
              .optionalText(detection.host), .optionalText(detection.user),
              .jsonb("{" + fields.joined(separator: ",") + "}"),
              detection.excepted.isEmpty ? .null : .textArray(detection.excepted),
              .int8(receivedLater),
            ])
        }
      }
    }
  }

  /// Makes a revision of the rules.
  ///
  /// - Parameter organization: nil for the installation.
  func changeRules(_ organization: OrganizationID?) async throws -> Int64 {
    try await pool.withConnection { connection in
      try connection.query(
        Self.change, [organization.map { .int4($0.rawValue) } ?? .null]
      ) { try $0.int8(0) }[0]
    }
  }

  func run(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }

  private static let change = PostgresStatement("test.change", "select rules_change($1)")
  private static let advance = PostgresStatement(
    "test.advance",
    "update event_writers set head = head + 1 where node = $1 returning id, head")
  private static let makeWriter = PostgresStatement(
    "test.writer", "insert into event_writers (node) values ($1)")
  private static let insert = PostgresStatement(
    "test.detection",
    """
    insert into detections (
      ts, received_at, event_id, organization_id, rule_version, writer_id, ordinal, writer_seq,
      severity, rule_id, level, source_type, src_ip, host, "user", fields, matched,
      excepted)
    values ($1, now() + make_interval(secs => $13::int8), $2, $3, 1, $5, $7, $6, 5, $4, 'medium', 'test', $8, $9, $10, $11, '{}', $12)
    """)

  /// The live incidents of an organization, as far as they are a function of its detections.
  func incidents(_ organization: OrganizationID) async throws -> Set<String> {
    Set(
      try await strings(
        """
        select format('%s[%s] fires %s until %s on %s of %s, %s to %s: %s %s', rule_id, group_key,
          first_fire_event, extract(epoch from last_hold_at)::bigint,
          (select string_agg(right(e.event_id::text, 4), ' ' order by e.ts, e.event_id)
            from incident_events e where e.incident_id = i.id),
          event_count, first_event_at, last_event_at, src_ip, entities)
        from incidents i
        where correlation = 'live' and organization_id = $1
        """, organization))
  }

  func strings(_ sql: String, _ organization: OrganizationID) async throws -> [String] {
    let statement = PostgresStatement("test.strings", sql)
    return try await pool.withConnection { connection in
      try connection.query(statement, [.int4(organization.rawValue)]) { try $0.text(0) }
    }
  }

  func number(_ sql: String, _ organization: OrganizationID) async throws -> Int64? {
    let statement = PostgresStatement("test.number", sql)
    return try await pool.withConnection { connection in
      try connection.query(statement, [.int4(organization.rawValue)]) { try $0.optionalInt8(0) }
        .first.flatMap(\.self)
    }
  }
}
