import Glibc
import Postgres
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct MigratorTests {
  /// A folder of migrations that the test writes.
  private final class Folder {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ files: [String: String]) throws {
      folder = try TemporaryFolder("migrations")
      for (name, text) in files { try write(name, text) }
    }

    deinit { folder.remove() }

    func write(_ name: String, _ text: String) throws {
      let file = try #require(fopen("\(path)/\(name)", "w"))
      fputs(text, file)
      fclose(file)
    }

    func remove(_ name: String) { unlink("\(path)/\(name)") }

    var migrator: PostgresMigrator { PostgresMigrator(directory: path) }
  }

  private static let files = [
    "0001_events.sql": "create table events (a int); insert into events values (1);",
    "0002_more.sql": "alter table events add column b text default 'x';",
    "0010_last.sql": "create index concurrently_not on events (a);",
    "README.md": "not a migration",
  ]

  @Test func pendingOnesAreAppliedOnceInOrder() async throws {
    let folder = try Folder(Self.files)
    let pool = try await SharedPostgres.shared().database().pool()
    let plan = try await folder.migrator.plan(pool)
    #expect(plan.map(\.title) == ["0001_events", "0002_more", "0010_last"])
    #expect(plan.allSatisfy { $0.state == .pending })
    let first = try await folder.migrator.up(pool)
    #expect(first.map(\.title) == plan.map(\.title))
    #expect(try await folder.migrator.up(pool) == [])
    #expect(try await folder.migrator.plan(pool) == [])
    let status = try await folder.migrator.status(pool)
    let areApplied = status.allSatisfy { if case .applied = $0.state { true } else { false } }
    #expect(status.count == 3 && areApplied)
    try folder.write("0011_new.sql", "drop table events")
    #expect(try await folder.migrator.up(pool).map(\.title) == ["0011_new"])
    await pool.shutdown()
  }

  @Test func aChangedOneIsRefused() async throws {
    let folder = try Folder(Self.files)
    let pool = try await SharedPostgres.shared().database().pool()
    try await folder.migrator.up(pool)
    try folder.write("0002_more.sql", "select 1 -- changed")
    try folder.write("0011_new.sql", "create table never (a int)")
    #expect(try await folder.migrator.status(pool)[1].state == .changed)
    for operation in [folder.migrator.plan, folder.migrator.up] {
      let error = await #expect(throws: PostgresError.self) { _ = try await operation(pool) }
      #expect(error?.code == .migration)
      #expect(error?.message.contains("0002_more was changed") == true)
    }
    await pool.shutdown()
  }

  @Test func oneThatTheFolderLacksIsRefused() async throws {
    let folder = try Folder(Self.files)
    let pool = try await SharedPostgres.shared().database().pool()
    try await folder.migrator.up(pool)
    folder.remove("0010_last.sql")
    let error = await #expect(throws: PostgresError.self) { try await folder.migrator.up(pool) }
    #expect(error?.message.contains("0010_last is applied but not in the folder") == true)
    await pool.shutdown()
  }

  @Test func oneThatComesTooLateIsRefused() async throws {
    let folder = try Folder(Self.files)
    let pool = try await SharedPostgres.shared().database().pool()
    try await folder.migrator.up(pool)
    try folder.write("0003_late.sql", "select 1")
    let error = await #expect(throws: PostgresError.self) { try await folder.migrator.plan(pool) }
    #expect(error?.message.contains("0003_late") == true)
    await pool.shutdown()
  }

  @Test func aFailingOneLeavesNothingOfItself() async throws {
    let folder = try Folder([
      "0001_good.sql": "create table good (a int)",
      "0002_bad.sql": "create table half (a int); select nothing from nowhere",
    ])
    let pool = try await SharedPostgres.shared().database().pool()
    let error = await #expect(throws: PostgresError.self) { try await folder.migrator.up(pool) }
    #expect(error?.code == .migration)
    #expect(error?.sqlState == "42P01")
    #expect(error?.message.contains("0002_bad failed") == true)
    #expect(try await folder.migrator.plan(pool).map(\.title) == ["0002_bad"])
    let half = try await pool.withConnection { c in
      try c.read("select to_regclass('half') is null and to_regclass('good') is not null") {
        try $0.bool(0)
      }
    }
    #expect(half == [true])
    await pool.shutdown()
  }

  @Test func oneThatCommitsByItselfIsRefused() async throws {
    let folder = try Folder(["0001_commit.sql": "create table t (a int); commit"])
    let pool = try await SharedPostgres.shared().database().pool()
    let error = await #expect(throws: PostgresError.self) { try await folder.migrator.up(pool) }
    #expect(error?.message.contains("ends its transaction") == true)
    await pool.shutdown()
  }

  @Test func manyRunnersApplyEachOnce() async throws {
    var files = ["0001_first.sql": "create table log (n int)"]
    for number in 2...9 {
      files["000\(number)_next.sql"] =
        "insert into log values (\(number)); select pg_sleep(0.005)"
    }
    let folder = try Folder(files)
    let migrator = folder.migrator
    let database = try await SharedPostgres.shared().database()
    let applied = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<6 {
        group.addTask {
          let connection = try await database.connect()
          return try await connection.run { try migrator.up($0).map(\.title) }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.count == 9 && Set(applied).count == 9)
    let connection = try await database.connect()
    let log = try await connection.read("select n from log order by ctid") { try $0.int4(0) }
    #expect(log == Array(2...9))
  }

  @Test(arguments: [
    ["0001_a.sql": "", "0001_b.sql": ""], ["1_short.sql": ""], ["first.sql": ""],
    ["0000_zero.sql": ""],
  ])
  func badNamesAreRefused(_ files: [String: String]) async throws {
    let folder = try Folder(files)
    let pool = try await SharedPostgres.shared().database().pool()
    let error = await #expect(throws: PostgresError.self) { try await folder.migrator.plan(pool) }
    #expect(error?.code == .migration)
    await pool.shutdown()
  }

  @Test func aFolderThatIsNotThereIsAnError() async throws {
    let pool = try await SharedPostgres.shared().database().pool()
    let error = await #expect(throws: PostgresError.self) {
      try await PostgresMigrator(directory: "/nonexistent").up(pool)
    }
    #expect(error?.message == "/nonexistent can't be read: no such file or directory")
    await pool.shutdown()
  }

  @Test func aTestsDatabaseCanBeACopyOfAMigratedOne() async throws {
    let folder = try Folder(["0001_t.sql": "create table t (a int primary key)"])
    let shared = try await SharedPostgres.shared()
    for _ in 0..<3 {
      let connection = try await shared.database(migrations: folder.path).connect()
      try await connection.insert(1)
    }
  }
}
