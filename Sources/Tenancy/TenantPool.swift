public import Core
public import Postgres

/// Connections that see the rows of one organization and of no other.
///
/// Each borrower names the organization first; row-level security compares its id with
/// `organization_id` of every row, on a role that cannot turn that off. A connection that was told no
/// organization sees nothing, and an own `where organization_id = …` is still in every statement: it
/// finds the index, this is the second lock.
public struct TenantPool: Sendable {
  let pool: PostgresPool

  /// - Parameter pool: has the role of tenants' queries (`harrier_tenant`), and is used by nobody else.
  public init(pool: PostgresPool) {
    self.pool = pool
  }

  /// Runs `body` on a connection that sees what the organization has.
  public func withConnection<R: Sendable>(
    _ organization: OrganizationID,
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    try await pool.withConnection { connection in
      let snapshot = try connection.query(Self.enter, [.text(String(organization.rawValue))]) {
        try $0.text(1)
      }
      // Taken before the body's statements take theirs, so they see at least as much.
      if let text = snapshot.first { ReadSnapshot.current?.note(text) }
      return try body(connection)
    }
  }

  /// What a statement that begins now would see, as a text that ``PostgresSnapshot`` reads.
  public func snapshot(of organization: OrganizationID) async throws -> String? {
    let recorder = ReadSnapshot()
    return try await ReadSnapshot.$current.withValue(recorder) {
      try await withConnection(organization) { _ in }
      return recorder.text
    }
  }

  /// The setting that the policies read.
  public static let setting = "harrier.organization"

  /// The role that tenants' queries run as.
  public static let role = "harrier_tenant"

  private static let enter = PostgresStatement(
    "tenant.enter", "select set_config('\(setting)', $1, false), pg_current_snapshot()::text")
}
