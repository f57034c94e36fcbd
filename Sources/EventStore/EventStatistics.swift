internal import Core
internal import Postgres
public import Tenancy

/// Counts stored events for analysts: from the rollups where a filter allows it, else from the events
/// themselves within a bound of rows or time.
///
/// Like `EventQueries`, it wants a pool with the settings for analysts.
public struct EventStatistics: Sendable {
  private let tenants: TenantPool

  public init(tenants: TenantPool) {
    self.tenants = tenants
  }

  /// How long a statement of a histogram or of top values may take.
  public static let patience = Duration.seconds(5)

  func bounded<R: Sendable>(
    _ organization: OrganizationID, by timeout: Duration? = nil,
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    try await tenants.withConnection(organization) { connection in
      guard let timeout else { return try body(connection) }
      return try connection.reading(within: timeout) { try body(connection) }
    }
  }
}

extension PostgresConnection {
  /// Runs statements that only read, each for at most `timeout`: the server ends one that takes longer,
  /// with `PostgresError` of code `.statementTimeout`.
  func reading<R>(within timeout: Duration, _ body: () throws -> R) throws -> R {
    let milliseconds = min(max(1, Int64(timeout / .milliseconds(1))), 2_000_000_000)
    return try transaction(isolation: .readOnlySnapshot) {
      try execute(Self.setTimeout, [.text(String(milliseconds))])
      return try body()
    }
  }

  private static let setTimeout = PostgresStatement(
    "events.timeout", "select set_config('statement_timeout', $1, true)")
}
