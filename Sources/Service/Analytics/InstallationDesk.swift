public import Postgres

/// What those who run the service see of it as a whole, over all organizations.
public struct InstallationDesk: Sendable {
  let pool: PostgresPool
  let pools: [(name: String, pool: PostgresPool)]

  /// - Parameters:
  ///   - pool: of the service's own role.
  ///   - pools: those of this node, by name.
  public init(pool: PostgresPool, pools: [(name: String, pool: PostgresPool)]) {
    self.pool = pool
    self.pools = pools
  }
}
