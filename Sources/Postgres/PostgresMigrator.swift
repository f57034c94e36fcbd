/// Applies a folder of `NNNN_name.sql` files to a database: each once, in order, each in a transaction
/// together with its row in `schema_migrations`.
///
/// Runners exclude each other by an advisory lock that is taken anew in each transaction, so several
/// may start at once. A file that was changed or is missing after it was applied is refused: write a
/// new one. Checksums are SHA-256, computed by the server.
public struct PostgresMigrator: Sendable {
  /// The advisory lock's key: "harrier" in ASCII.
  static let lockKey: Int64 = 0x68_61_72_72_69_65_72

  public let directory: String

  public init(directory: String) {
    self.directory = directory
  }

  /// Every migration that the folder or the database knows of, by number. Changes nothing.
  public func status(
    _ connection: isolated PostgresConnection
  ) throws -> [PostgresMigration] {
    try connection.migrations(MigrationFile.load(directory: directory))
  }

  /// What `up` would apply, in order; throws what `up` would refuse. Changes nothing.
  public func plan(_ connection: isolated PostgresConnection) throws -> [PostgresMigration] {
    try Self.pending(status(connection))
  }

  /// Applies what is pending.
  ///
  /// - Returns: what this call applied; a runner that came first may have applied the rest.
  @discardableResult
  public func up(_ connection: isolated PostgresConnection) throws -> [PostgresMigration] {
    let files = try MigrationFile.load(directory: directory)
    var applied: [PostgresMigration] = []
    while let next = try connection.applyNext(files) { applied.append(next) }
    return applied
  }

  public func status(_ pool: PostgresPool) async throws -> [PostgresMigration] {
    try await pool.withConnection { try status($0) }
  }

  public func plan(_ pool: PostgresPool) async throws -> [PostgresMigration] {
    try await pool.withConnection { try plan($0) }
  }

  @discardableResult
  public func up(_ pool: PostgresPool) async throws -> [PostgresMigration] {
    try await pool.withConnection { try up($0) }
  }

  /// The pending ones, unless something is amiss.
  static func pending(_ migrations: [PostgresMigration]) throws -> [PostgresMigration] {
    for migration in migrations {
      switch migration.state {
      case .applied, .pending: continue
      case .changed:
        throw PostgresError(
          .migration,
          "\(migration.title) was changed after it was applied: restore it and write a new one")
      case .unknown:
        throw PostgresError(
          .migration,
          "\(migration.title) is applied but not in the folder: run a version that has it")
      case .outOfOrder:
        throw PostgresError(
          .migration,
          "\(migration.title) comes before one that is applied: give it the highest number")
      }
    }
    return migrations.filter { $0.state == .pending }
  }
}
