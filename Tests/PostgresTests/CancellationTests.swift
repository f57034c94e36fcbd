import Postgres
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
  private static let sleep = PostgresStatement("test.sleep", "select pg_sleep(600)")

  /// Runs until the task's statement is seen by the server.
  private func waitUntilRunning(_ watcher: PostgresConnection, _ pattern: String) async throws {
    let sql =
      "select count(*) from pg_stat_activity where state = 'active' and query like $1 "
      + "and datname = current_database() and pid <> pg_backend_pid()"
    while try await watcher.read(sql, [.text(pattern)], { try $0.int8(0) }) == [0] {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test func aRunningStatementIsCancelledOnTheServer() async throws {
    let database = try await SharedPostgres.shared().database()
    let pool = database.pool(maxConnections: 1)
    let watcher = try await database.connect()
    let pid = try await pool.withConnection { $0.processID }
    let task = Task { try await pool.withConnection { c in try c.execute(Self.sleep) } }
    try await waitUntilRunning(watcher, "%pg_sleep%")
    task.cancel()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(error?.sqlState == "57014")
    let next = try await pool.withConnection { $0.processID }
    #expect(next != pid, "the connection was closed")
    await pool.shutdown()
  }

  @Test func theNextBorrowerIsNeverHit() async throws {
    let database = try await SharedPostgres.shared().database()
    let pool = database.pool(maxConnections: 2)
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SplitMix(state: seed)
    let nap = PostgresStatement("test.nap", "select pg_sleep($1)")
    for round in 0..<100 {
      let victim = Task {
        try await pool.withConnection { c in
          for _ in 0..<50 { try c.execute(nap, [.float8(0.0002)]) }
        }
      }
      let bystanders = (0..<3).map { _ in
        Task {
          try await pool.withConnection { c in
            for _ in 0..<5 { try c.execute(nap, [.float8(0.0002)]) }
          }
        }
      }
      try await Task.sleep(for: .microseconds(random.below(4000)))
      victim.cancel()
      do {
        try await victim.value
      } catch let error as PostgresError {
        #expect(error.code == .cancelled, "seed \(seed), round \(round)")
      }
      for bystander in bystanders { try await bystander.value }
    }
    await pool.shutdown()
  }

  @Test func aTransactionOfACancelledTaskIsUndone() async throws {
    let database = try await SharedPostgres.shared().database()
    let pool = database.pool(maxConnections: 1)
    let watcher = try await database.connect()
    try await watcher.executeScript("create table t (a int primary key)")
    let task = Task {
      try await pool.withConnection { c in
        try c.transaction {
          try c.insert(1)
          try c.execute(Self.sleep)
        }
      }
    }
    try await waitUntilRunning(watcher, "%pg_sleep%")
    task.cancel()
    await #expect(throws: PostgresError.self) { try await task.value }
    let rows = try await pool.withConnection { try $0.all() }
    #expect(rows == [])
    await pool.shutdown()
  }

  @Test func betweenStatementsACancelledTaskStopsAtTheNext() async throws {
    let pool = try await SharedPostgres.shared().database().pool(maxConnections: 1)
    let gate = Gate()
    let task = Task {
      try await pool.withConnection { c in
        try c.executeScript("create table t (a int)")
        gate.wait()
        try c.transaction { try c.insert(1) }
      }
    }
    while pool.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(2)) }
    task.cancel()
    gate.open()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    await pool.shutdown()
  }

  @Test func whatWasDoneWhenTheCancelCameIsReturned() async throws {
    let pool = try await SharedPostgres.shared().database().pool(maxConnections: 1)
    let gate = Gate()
    let (progress, reached) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      try await pool.withConnection { c in
        let rows = try c.read("select 7") { try $0.int4(0) }
        reached.finish()
        gate.wait()
        return rows
      }
    }
    for await _ in progress {}
    task.cancel()
    gate.open()
    #expect(try await task.value == [7])
    await pool.shutdown()
  }

  @Test func aTaskThatIsCancelledAlreadyGetsNoConnection() async throws {
    let pool = try await SharedPostgres.shared().database().pool(maxConnections: 1)
    let gate = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in gate.stream {}
      return try await pool.withConnection { try $0.read("select 1") { try $0.int4(0) } }
    }
    task.cancel()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(pool.statistics.idle == 0)
    await pool.shutdown()
  }

  @Test func aCopyOfACancelledTaskStoresNothing() async throws {
    let database = try await SharedPostgres.shared().database()
    let pool = database.pool(maxConnections: 1)
    let watcher = try await database.connect()
    try await watcher.executeScript("create table t (a int primary key)")
    let gate = Gate()
    let task = Task {
      try await pool.withConnection { c in
        try c.copyBinary(name: "test.copy", into: "t", columns: ["a"]) { writer in
          for number in 0..<100_000 as Range<Int32> {
            try writer.row(columns: 1) { $0.int4(number) }
          }
          gate.wait()
        }
      }
    }
    try await waitUntilRunning(watcher, "copy %")
    task.cancel()
    gate.open()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(try await watcher.all() == [])
    await pool.shutdown()
  }
}
