import Postgres
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolTests {
  @Test func tasksShareTheConnections() async throws {
    let pool = try await SharedPostgres.shared().schema().pool(maxConnections: 3)
    let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
      for _ in 0..<200 {
        group.addTask { try await pool.withConnection { $0.processID } }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect((1...3).contains(pids.count))
    let statistics = pool.statistics
    #expect(statistics.leased == 0 && statistics.waiting == 0)
    #expect(statistics.idle == pids.count && statistics.maxConnections == 3)
    await pool.shutdown()
    #expect(pool.statistics.idle == 0)
  }

  @Test func aPoolThatIsShutDownRefuses() async throws {
    let pool = try await SharedPostgres.shared().schema().pool()
    _ = try await pool.withConnection { try $0.read("select 1") { _ in } }
    await pool.shutdown()
    await pool.shutdown()
    let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
    #expect(error?.code == .poolClosed)
  }

  @Test func runningEndsWithTheTaskAndShutsThePoolDown() async throws {
    let pool = try await SharedPostgres.shared().schema().pool()
    let task = Task { await pool.run() }
    _ = try await pool.withConnection { try $0.read("select 1") { _ in } }
    task.cancel()
    await task.value
    #expect(pool.statistics.idle == 0)
    await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
  }

  @Test func idleConnectionsAreClosedAfterAWhile() async throws {
    let database = try await SharedPostgres.shared().schema()
    let pool = PostgresPool(
      configuration: database.configuration, maxConnections: 2, maxIdle: .milliseconds(20))
    let task = Task { await pool.run() }
    try await pool.withConnection { _ in }
    while pool.statistics.idle > 0 { try await Task.sleep(for: .milliseconds(2)) }
    try await pool.withConnection { _ in }
    task.cancel()
    await task.value
  }

  @Test func aBorrowerThatWaitsTooLongIsToldSo() async throws {
    let database = try await SharedPostgres.shared().schema()
    let pool = PostgresPool(
      configuration: database.configuration, maxConnections: 1, maxWait: .milliseconds(100))
    // Opening alone may take longer on a busy machine.
    while (try? await pool.withConnection { _ in }) == nil {}
    let gate = Gate()
    let holder = Task { try await pool.withConnection { _ in gate.wait() } }
    while pool.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(2)) }
    let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
    #expect(error?.code == .poolTimeout)
    gate.open()
    try await holder.value
    try await pool.withConnection { _ in }
    await pool.shutdown()
  }

  @Test func noMoreThanTheBoundWaits() async throws {
    let database = try await SharedPostgres.shared().schema()
    let pool = PostgresPool(
      configuration: database.configuration, maxConnections: 1, maxWaiters: 1)
    let gate = Gate()
    let holder = Task { try await pool.withConnection { _ in gate.wait() } }
    while pool.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(2)) }
    let waiter = Task { try await pool.withConnection { _ in } }
    while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(2)) }
    let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
    #expect(error?.code == .poolFull)
    gate.open()
    try await holder.value
    try await waiter.value
    await pool.shutdown()
  }

  @Test func aWaiterThatIsCancelledLeavesTheQueue() async throws {
    let pool = try await SharedPostgres.shared().schema().pool(maxConnections: 1)
    let gate = Gate()
    let holder = Task { try await pool.withConnection { _ in gate.wait() } }
    while pool.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(2)) }
    let waiter = Task { try await pool.withConnection { _ in } }
    while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(2)) }
    waiter.cancel()
    let error = await #expect(throws: PostgresError.self) { try await waiter.value }
    #expect(error?.code == .cancelled)
    #expect(pool.statistics.waiting == 0)
    gate.open()
    try await holder.value
    await pool.shutdown()
  }

  @Test func aConnectionLeftInATransactionIsNotLentAgain() async throws {
    let pool = try await SharedPostgres.shared().schema().pool(maxConnections: 1)
    let first = try await pool.withConnection { c in
      try c.executeScript("begin")
      return c.processID
    }
    let (second, isInTransaction) = try await pool.withConnection {
      ($0.processID, $0.isInTransaction)
    }
    #expect(first != second && !isInTransaction)
    await pool.shutdown()
  }

  @Test func anErrorOfTheBorrowersLeavesTheConnectionInThePool() async throws {
    let pool = try await SharedPostgres.shared().schema().pool(maxConnections: 1)
    struct Refusal: Error {}
    let first = try await pool.withConnection { $0.processID }
    await #expect(throws: Refusal.self) { try await pool.withConnection { _ in throw Refusal() } }
    await #expect(throws: PostgresError.self) {
      try await pool.withConnection { try $0.executeScript("select 1/0") }
    }
    let last = try await pool.withConnection { $0.processID }
    #expect(first == last)
    await pool.shutdown()
  }

  @Test func aDeadIdleConnectionIsReplacedBeforeItIsLent() async throws {
    let database = try await SharedPostgres.shared().schema()
    let pool = database.pool(maxConnections: 2)
    let killer = try await database.connect()
    for _ in 0..<20 {
      let pid = try await pool.withConnection { $0.processID }
      let sql = "select pg_terminate_backend($1, 5000)"
      let ended = try await killer.read(sql, [.int4(pid)]) { try $0.bool(0) }
      #expect(ended == [true])
      let answer = try await pool.withConnection { try $0.read("select 1") { try $0.int4(0) } }
      #expect(answer == [1])
    }
    await pool.shutdown()
  }

  @Test func anUnknownDatabaseFailsAtOnce() async throws {
    let database = try await SharedPostgres.shared().schema()
    let pool = PostgresPool(
      configuration: PostgresConfiguration(conninfo: database.conninfo + " dbname=nothing"),
      maxConnections: 2)
    let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
    #expect(error?.sqlState == "3D000")
    await pool.shutdown()
  }
}
