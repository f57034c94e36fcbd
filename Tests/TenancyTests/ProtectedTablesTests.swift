import Core
import Correlation
import IncidentStore
import Postgres
import Tenancy
import TestServers
import Testing

/// Row-level security by itself: what would be seen if the service's own condition were missing.
@Suite struct ProtectedTablesTests {
  private static let ours: Int32 = 1
  private static let theirs: Int32 = 2

  @Test func everyTableThatTenantsReachIsProtected() async throws {
    let house = try await TenantHouse()
    #expect(try await house.names(Statements.open) == [])
    #expect(try await house.names(Statements.oddPolicies) == [])
    #expect(try await house.names(Statements.protected).count >= 10)
  }

  @Test func partitionsAreReachedThroughTheirTableOnly() async throws {
    let house = try await TenantHouse()
    #expect(try await house.names(Statements.reachablePartitions) == [])
  }

  /// For each protected table: a row of one organization is not seen by another, nor by a session that
  /// names none.
  @Test func aRowIsSeenByItsOrganizationOnly() async throws {
    let house = try await TenantHouse()
    for table in try await house.names(Statements.protected) {
      try await house.fill(table, organization: Self.ours)
      let count = PostgresStatement("test.count", "select count(*) from \(table)")
      func seen(as organization: Int32?) async throws -> Int64? {
        guard let organization else {
          return try await house.freshTenant { try $0.query(count) { try $0.int8(0) }.first }
        }
        return try await house.tenants.withConnection(OrganizationID(organization)) {
          try $0.query(count) { try $0.int8(0) }.first
        }
      }
      #expect(try await seen(as: Self.ours) ?? 0 > 0, "\(table): a row of its own")
      #expect(try await seen(as: Self.theirs) == (table == "quarantine" ? 1 : 0), "\(table)")
      #expect(try await seen(as: nil) == 0, "\(table): without a setting")
    }
  }

  /// The list statement of one organization, run in the session of another: as if the route had taken
  /// the organization from somewhere else than the credential.
  @Test func aListOfAnotherOrganizationIsEmpty() async throws {
    let house = try await TenantHouse()
    try await house.fill("incidents", organization: Self.ours)
    func listed(in session: Int32) async throws -> Int {
      try await house.tenants.withConnection(OrganizationID(session)) { connection in
        try IncidentQueries.list(
          OrganizationID(Self.ours), IncidentFilter(), limit: 10, on: connection
        ).count
      }
    }
    #expect(try await listed(in: Self.ours) == 1)
    #expect(try await listed(in: Self.theirs) == 0)
    let withoutSetting = try await house.freshTenant { connection in
      try IncidentQueries.list(
        OrganizationID(Self.ours), IncidentFilter(), limit: 10, on: connection
      ).count
    }
    #expect(withoutSetting == 0)
  }

  @Test func nothingIsWrittenForAnother() async throws {
    let house = try await TenantHouse()
    let change = PostgresStatement("test.change", "update quarantine set state = 'dropped'")
    let changed = try await house.tenants.withConnection(OrganizationID(Self.theirs)) {
      try $0.execute(change)
    }
    #expect(changed == 1)
    let tell = PostgresStatement(
      "test.tell", "insert into outbox (organization_id, topic, payload) values (1, 'x', '{}')")
    let error = await #expect(throws: PostgresError.self) {
      try await house.tenants.withConnection(OrganizationID(Self.theirs)) { try $0.execute(tell) }
    }
    #expect(error?.sqlState == "42501")
  }
}

private enum Statements {
  /// Tables of organizations that tenants may use without being held to their own rows.
  static let open = """
    select c.relname::text
    from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity
      and exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')
      and has_table_privilege('harrier_tenant', c.oid, 'select, insert, update, delete')
    order by 1
    """
  /// Policies that say anything else than that the row's organization is the session's.
  static let oddPolicies = """
    select c.relname::text
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    where pg_get_expr(p.polqual, p.polrelid) <> '(organization_id = tenant_organization())'
      or pg_get_expr(p.polwithcheck, p.polrelid) <> '(organization_id = tenant_organization())'
      or p.polroles <> array['harrier_tenant'::regrole::oid]
      or not p.polpermissive
    order by 1
    """
  static let protected = """
    select c.relname::text
    from pg_class c
    where c.relrowsecurity and c.relnamespace = 'public'::regnamespace
    order by 1
    """
  static let reachablePartitions = """
    select c.relname::text
    from pg_class c
    where c.relispartition and c.relkind = 'r'
      and has_table_privilege('harrier_tenant', c.oid, 'select, insert, update, delete')
    order by 1
    """
}

extension TenantHouse {
  fileprivate func names(_ sql: String) async throws -> [String] {
    let statement = PostgresStatement("test.names", sql)
    return try await pool.withConnection { try $0.query(statement) { try $0.text(0) } }
  }

  /// Runs `body` in a session of tenants that was told no organization.
  fileprivate func freshTenant<R: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    var configuration = database.configuration
    configuration.settings.append((name: "role", value: TenantPool.role))
    let pool = PostgresPool(configuration: configuration, maxConnections: 1)
    let result = try await pool.withConnection(body)
    await pool.shutdown()
    return result
  }

  /// Puts a row of an organization into a table: its columns without a default get a value of their
  /// type, and none of what the tables refer to needs to be there.
  fileprivate func fill(_ table: String, organization: Int32) async throws {
    let columns = PostgresStatement(
      "test.columns",
      """
      select quote_ident(a.attname), format_type(a.atttypid, null), (
        -- The first of the texts that a check on the column lets through.
        select substring(pg_get_constraintdef(c.oid) from '''([a-z_]+)''::text')
        from pg_constraint c
        where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
        order by 1
        limit 1)
      from pg_attribute a
      where a.attrelid = '\(table)'::regclass and a.attnum > 0 and a.attnotnull and not a.atthasdef
        and a.attidentity = '' and not a.attisdropped
      """)
    let found = try await pool.withConnection { connection in
      try connection.query(columns) { (try $0.text(0), try $0.text(1), try $0.optionalText(2)) }
    }
    let values = found.map { name, type, choice in
      if name == "organization_id" { return String(organization) }
      return type == "text" && choice != nil ? "'\(choice ?? "")'" : Self.value(of: type)
    }
    try await run(
      """
      set session_replication_role = replica;
      insert into \(table) (\(found.map(\.0).joined(separator: ", ")))
      values (\(values.joined(separator: ", ")));
      set session_replication_role = origin;
      """)
  }

  private static func value(of type: String) -> String {
    switch type {
    case "text": "'x'"
    case "uuid": "gen_random_uuid()"
    case "timestamp with time zone": "now()"
    case "date": "current_date"
    case "boolean": "false"
    case "bytea": "'\\x00'"
    case "jsonb": "'{}'"
    case "inet": "'192.0.2.1'"
    case let type where type.hasSuffix("[]"): "'{}'"
    default: "0"
    }
  }
}
