import Core
import Postgres
import Tenancy
import TestServers

/// A migrated database, reached as the service and as its tenants.
struct TenantHouse {
  let database: TestDatabase
  let pool: PostgresPool
  let tenantPool: PostgresPool

  var tenants: TenantPool { TenantPool(pool: tenantPool) }

  private static let migrations: String = {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return tests.joined(separator: "/") + "/Migrations"
  }()

  /// Two records of organization 1 are in quarantine, and one of organization 2.
  init() async throws {
    database = try await SharedPostgres.shared().database(migrations: Self.migrations)
    pool = database.pool()
    var configuration = database.configuration
    configuration.settings.append((name: "role", value: TenantPool.role))
    // One connection, so that each borrower gets the one before's.
    tenantPool = PostgresPool(configuration: configuration, maxConnections: 1)
    try await run(
      """
      insert into quarantine (organization_id, batch_id, item_index, received_at, code, detail, raw)
      select organization, 1, item, now(), 'code', 'detail', ''
      from (values (1, 1), (1, 2), (2, 1)) as items (organization, item)
      """)
  }

  func run(_ sql: String) async throws {
    try await pool.withConnection { try $0.executeScript(sql) }
  }
}
