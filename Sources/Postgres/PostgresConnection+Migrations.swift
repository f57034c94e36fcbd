/// The migrator's statements.
extension PostgresConnection {
  private struct Applied {
    let number: Int
    let name: String
    let checksum: [UInt8]
    let at: String
  }

  /// Compares the files with what the database has.
  func migrations(_ files: [MigrationFile]) throws -> [PostgresMigration] {
    let applied = try appliedMigrations()
    let highest = applied.last?.number ?? 0
    var migrations = try files.map { file in
      guard let row = applied.first(where: { $0.number == file.number }) else {
        return PostgresMigration(
          number: file.number, name: file.name,
          state: file.number < highest ? .outOfOrder : .pending)
      }
      let isSame = try row.name == file.name && row.checksum == checksum(file)
      return PostgresMigration(
        number: file.number, name: file.name, state: isSame ? .applied(at: row.at) : .changed)
    }
    for row in applied where !files.contains(where: { $0.number == row.number }) {
      migrations.append(PostgresMigration(number: row.number, name: row.name, state: .unknown))
    }
    return migrations.sorted { $0.number < $1.number }
  }

  /// Applies the first pending file.
  ///
  /// - Returns: nil if nothing is pending.
  func applyNext(_ files: [MigrationFile]) throws -> PostgresMigration? {
    try transaction {
      // A migration may take as long as it takes, and so may waiting for another runner.
      try executeScript("set local statement_timeout = 0; set local lock_timeout = 0")
      _ = try query(
        PostgresStatement("migrations.lock", "select pg_advisory_xact_lock($1)"),
        [.int8(PostgresMigrator.lockKey)]
      ) { _ in }
      try createMigrationsTable()
      let pending = try PostgresMigrator.pending(migrations(files))
      guard let next = pending.first,
        let file = files.first(where: { $0.number == next.number })
      else { return nil }
      try apply(file)
      return next
    }
  }

  private func apply(_ file: MigrationFile) throws {
    guard let sql = String(validating: file.contents, as: UTF8.self), !sql.contains("\0") else {
      throw PostgresError(.migration, "\(file.title) is not UTF-8 text")
    }
    do {
      try executeScript(sql)
    } catch let error as PostgresError where error.code == .server {
      throw PostgresError(
        .migration, "\(file.title) failed: \(error.message)", sqlState: error.sqlState,
        table: error.table, column: error.column, constraint: error.constraint)
    }
    guard isInTransaction else {
      throw PostgresError(
        .migration, "\(file.title) ends its transaction: remove its commit or rollback")
    }
    try execute(
      PostgresStatement(
        "migrations.record",
        "insert into public.schema_migrations (number, name, checksum) values ($1, $2, sha256($3))"),
      [.int4(Int32(file.number)), .text(file.name), .bytea(file.contents)])
  }

  private func createMigrationsTable() throws {
    guard try !hasMigrationsTable() else { return }
    try executeScript(
      """
      create table public.schema_migrations (
        number int primary key,
        name text not null,
        checksum bytea not null,
        applied_at timestamptz not null default now()
      )
      """)
  }

  private func hasMigrationsTable() throws -> Bool {
    try query(
      PostgresStatement(
        "migrations.has_table", "select to_regclass('public.schema_migrations') is not null")
    ) { try $0.bool(0) } == [true]
  }

  private func appliedMigrations() throws -> [Applied] {
    guard try hasMigrationsTable() else { return [] }
    let statement = PostgresStatement(
      "migrations.applied",
      """
      select number, name, checksum,
        to_char(applied_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from public.schema_migrations
      order by number
      """)
    return try query(statement) {
      Applied(
        number: Int(try $0.int4(0)), name: try $0.text(1), checksum: try $0.bytea(2),
        at: try $0.text(3))
    }
  }

  private func checksum(_ file: MigrationFile) throws -> [UInt8]? {
    try query(
      PostgresStatement("migrations.checksum", "select sha256($1)"), [.bytea(file.contents)]
    ) { try $0.bytea(0) }.first
  }
}
