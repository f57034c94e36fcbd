import Core
import Postgres
import TestServers

/// A migrated database with organizations whose outbox is written as the service does.
struct OutboxDatabase {
  let database: TestDatabase
  let pool: PostgresPool

  init() async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
    pool = database.pool(maxConnections: 12)
  }

  func organization(_ name: String) async throws -> OrganizationID {
    try await pool.withConnection { connection in
      OrganizationID(
        try connection.query(
          PostgresStatement(
            "test.organization",
            "insert into organizations (slug, name) values ($1, $1) returning id"),
          [.text(name)], row: { try $0.int4(0) })[0])
    }
  }

  /// Opens an incident; returns its id.
  func open(_ organization: OrganizationID, _ title: String = "t") async throws -> String {
    try await pool.withConnection { connection in
      try connection.transaction { try Self.open(organization, title, on: connection) }
    }
  }

  static func open(
    _ organization: OrganizationID, _ title: String, on connection: isolated PostgresConnection
  ) throws -> String {
    try connection.execute(
      PostgresStatement(
        "test.counter",
        """
        insert into incident_counters (organization_id) values ($1) on conflict do nothing
        """), [.int4(organization.rawValue)])
    let id = try connection.query(
      PostgresStatement(
        "test.open",
        """
        with counter as (
          update incident_counters set last_number = last_number + 1
          where organization_id = $1
          returning last_number)
        insert into incidents (organization_id, id, number, title, reason, severity)
        select $1, gen_random_uuid(), last_number, $2, '', 'high' from counter
        returning id::text
        """), [.int4(organization.rawValue), .text(title)], row: { try $0.text(0) })[0]
    try connection.execute(
      PostgresStatement(
        "test.journal",
        "select incident_journal_append($1, $2::text::uuid, 'ann', 'opened', '{}')"),
      [.int4(organization.rawValue), .text(id)])
    return id
  }

  func execute(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }
}
