import Postgres
import PrivateServers
import TestServers
import Testing

/// Servers of these tests' own, which are stopped and killed under the pool.
@Suite(.timeLimit(.minutes(5))) struct OutageTests {
  private func withServer(
    _ body: (PrivatePostgres, PostgresConfiguration) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder("outage")
    defer { folder.remove() }
    let server = try PrivatePostgres(directory: "\(folder.path)/pg", options: .forTests)
    let endpoint = try await server.start()
    do {
      try await body(server, PostgresConfiguration(conninfo: endpoint.conninfo))
    } catch {
      await server.kill()
      throw error
    }
    await server.kill()
  }

  private static let one = PostgresStatement("test.one", "select 1")

  private func ask(_ pool: PostgresPool) async throws -> [Int32] {
    try await pool.withConnection { c in try c.query(Self.one) { try $0.int4(0) } }
  }

  @Test func aRestartIsNotSeenByTheNextBorrowers() async throws {
    try await withServer { server, configuration in
      let pool = PostgresPool(configuration: configuration, maxConnections: 3)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 { group.addTask { _ = try await ask(pool) } }
        try await group.waitForAll()
      }
      _ = try await server.restart()
      #expect(try await ask(pool) == [1])
      await server.kill()
      _ = try await server.start()
      #expect(try await ask(pool) == [1])
      await pool.shutdown()
    }
  }

  @Test func borrowersOutlastAnOutage() async throws {
    try await withServer { server, configuration in
      let pool = PostgresPool(configuration: configuration, maxConnections: 3)
      #expect(try await ask(pool) == [1])
      await server.kill()
      let waiting = (0..<10).map { _ in Task { try await ask(pool) } }
      _ = try await server.start()
      for task in waiting { #expect(try await task.value == [1]) }
      await pool.shutdown()
    }
  }

  @Test func aStatementUnderWayIsLostAndSaysSo() async throws {
    try await withServer { server, configuration in
      let pool = PostgresPool(configuration: configuration, maxConnections: 1)
      #expect(try await ask(pool) == [1])
      let gate = Gate()
      let task = Task {
        try await pool.withConnection { c in
          try c.transaction {
            try c.executeScript("create table lost (a int)")
            gate.wait()
            try c.executeScript("insert into lost values (1)")
          }
        }
      }
      while pool.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(2)) }
      await server.kill()
      gate.open()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.isConnectionLoss == true)
      _ = try await server.start()
      #expect(try await ask(pool) == [1])
      let exists = try await pool.withConnection { c in
        try c.read("select to_regclass('lost') is not null") { try $0.bool(0) }
      }
      #expect(exists == [false])
      await pool.shutdown()
    }
  }

  @Test func aCommitUnderWayWhenTheServerDiesIsUnknown() async throws {
    try await withServer { server, configuration in
      let connection = try await PostgresConnection.connect(configuration)
      let gate = Gate()
      let task = Task {
        try await connection.run { c in
          try c.transaction {
            try c.executeScript("create table lost (a int)")
            gate.wait()
          }
        }
      }
      await server.kill()
      gate.open()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.code == .commitUnknown || error?.code == .connection)
      #expect(error?.isConnectionLoss == true)
    }
  }

  @Test func aListenerSurvivesARestart() async throws {
    try await withServer { server, configuration in
      let listener = PostgresListener(
        configuration: configuration, channels: ["news", "Odd \"one\""])
      var events = listener.notifications().makeAsyncIterator()
      #expect(await events.next() == .connected)
      let pool = PostgresPool(configuration: configuration, maxConnections: 1)
      try await pool.withConnection {
        try $0.executeScript("notify news, 'a'; notify \"Odd \"\"one\"\"\", 'b'")
      }
      #expect(await events.next() == .notification(channel: "news", payload: "a"))
      #expect(await events.next() == .notification(channel: "Odd \"one\"", payload: "b"))
      _ = try await server.restart()
      #expect(await events.next() == .reconnected)
      try await pool.withConnection { try $0.executeScript("notify news, 'c'") }
      #expect(await events.next() == .notification(channel: "news", payload: "c"))
      await server.kill()
      _ = try await server.start()
      #expect(await events.next() == .reconnected)
      await pool.shutdown()
    }
  }
}
