import Postgres
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct QueryTests {
  private func withDatabase<R: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    let connection = try await SharedPostgres.shared().schema().connect()
    return try await connection.run(body)
  }

  @Test func aStatementReturnsItsRows() async throws {
    let statement = PostgresStatement("numbers", "select n from generate_series(1, $1) n")
    try await withDatabase { c in
      for count in 0...3 as ClosedRange<Int32> {
        let rows = try c.query(statement, [.int4(count)]) { try $0.int4(0) }
        #expect(rows == Array(1..<(count + 1)))
      }
    }
  }

  @Test func aColumnOfAnotherTypeIsRefused() async throws {
    try await withDatabase { c in
      let error = failure {
        try c.query(PostgresStatement("test.sum", "select 1::int8 as total")) { try $0.int4(0) }
      }
      #expect(error?.code == .decoding)
      #expect(error?.statement == "test.sum")
      #expect(error?.message == "column 0 (total) is of int8, not int4")
      let beyond = failure {
        try c.read("select 1") { try $0.int4(5) }
      }
      #expect(beyond?.code == .decoding)
    }
  }

  @Test func aStatementTellsHowManyRowsItChanged() async throws {
    try await withDatabase { c in
      try c.executeScript("create table t (a int); insert into t values (1), (2), (3)")
      try expectEqual(c.execute(PostgresStatement("test.update", "update t set a = a + 1")), 3)
      let gone = try c.execute(
        PostgresStatement("test.delete", "delete from t where a = $1"), [.int4(2)])
      #expect(gone == 1)
    }
  }

  @Test func theSameTextIsPreparedOnceForEachKindOfParameters() async throws {
    try await withDatabase { c in
      try c.executeScript("create table t (a int8, b text)")
      let statement = PostgresStatement("test.insert", "insert into t values ($1, $2)")
      try c.execute(statement, [.null, .null])
      try c.execute(statement, [.int8(1), .null])
      try c.execute(statement, [.null, .text("x")])
      try c.execute(statement, [.int8(1), .text("x")])
      try c.execute(statement, [.int4(1), .text("x")])
      let count = PostgresStatement(
        "test.count", "select count(*) from pg_prepared_statements where statement like 'insert%'")
      try expectEqual(c.query(count) { try $0.int8(0) }, [2])
      try expectEqual(c.read("select count(*) from t") { try $0.int8(0) }, [5])
    }
  }

  @Test func preparedStatementsAreBounded() async throws {
    try await withDatabase { c in
      for number in 0..<400 {
        _ = try c.query(PostgresStatement("test.many", "select \(number)")) { try $0.int4(0) }
      }
      let count = PostgresStatement("test.count", "select count(*) from pg_prepared_statements")
      try expectEqual(c.query(count) { try $0.int8(0) }, [256])
      try expectEqual(c.read("select 0") { try $0.int4(0) }, [0])
    }
  }

  @Test func aPreparedStatementSurvivesAChangeOfItsTable() async throws {
    try await withDatabase { c in
      try c.executeScript("create table t (a int)")
      let statement = PostgresStatement("test.insert", "insert into t (a) values ($1)")
      try c.execute(statement, [.int4(1)])
      try c.executeScript("alter table t add column b text")
      try expectEqual(c.execute(statement, [.int4(2)]), 1)
    }
  }

  @Test func settingsHoldFromTheStart() async throws {
    let database = try await SharedPostgres.shared().schema()
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(
        conninfo: database.conninfo, applicationName: "settings test",
        statementTimeoutMilliseconds: 4321,
        settings: [("enable_sort", "off"), ("search_path", "a, public")]))
    try await connection.run { c in
      for (name, value) in [
        ("enable_sort", "off"), ("statement_timeout", "4321ms"), ("search_path", "a, public"),
        ("application_name", "settings test"), ("TimeZone", "UTC"), ("client_encoding", "UTF8"),
      ] {
        try expectEqual(
          c.read("select current_setting($1)", [.text(name)]) { try $0.text(0) }, [value])
      }
    }
  }

  @Test func aCopyBegunByAQueryBreaksTheConnectionAndSaysSo() async throws {
    try await withDatabase { c in
      try c.executeScript("create table t (a int)")
      let error = failure {
        try c.execute(PostgresStatement("test.copy", "copy t from stdin"))
      }
      #expect(error?.code == .protocolViolation)
      let error108 = failure { try c.read("select 1") { _ in } }
      #expect(error108 != nil)
    }
  }

  @Test func aConnectionThatIsLetGoOfIsClosed() async throws {
    let database = try await SharedPostgres.shared().schema()
    let watcher = try await database.connect()
    var connection: PostgresConnection? = try await database.connect()
    let pid = try #require(await connection?.processID)
    connection = nil
    let sql = "select count(*) from pg_stat_activity where pid = $1"
    while try await watcher.read(sql, [.int4(pid)], { try $0.int8(0) }) != [0] {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test func aClosedConnectionRefusesStatements() async throws {
    try await withDatabase { c in
      c.close()
      c.close()
      let error = failure { try c.read("select 1") { _ in } }
      #expect(error?.code == .connection)
    }
  }

  @Test func aServerThatIsNotThereIsAConnectionError() async throws {
    let error = await #expect(throws: PostgresError.self) {
      try await PostgresConnection.connect(PostgresConfiguration(conninfo: "host=/nonexistent"))
    }
    #expect(error?.code == .connection)
    #expect(error?.isConnectionLoss == true)
  }
}

extension PostgresConnection {
  func run<R: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) throws -> R {
    try body(self)
  }
}
