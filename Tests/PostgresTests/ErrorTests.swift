import Postgres
import PrivateServers
import TestServers
import Testing

@Suite struct ErrorTests {
  static let secret = "hunter2"

  private static let table = """
    create table t (
      a int primary key, b text not null, c int check (c > 0),
      d int references t (a) deferrable initially deferred
    );
    create function complain(x text) returns void language plpgsql as
      $$ begin raise exception 'value "%" is wrong', x using detail = x, hint = x; end $$;
    """

  /// Statements that fail with the secret in their parameters.
  private static let failures: [(sql: String, values: [PostgresValue], sqlState: String)] = [
    ("insert into t values (1, $1, 1)", [.text(secret)], "23505"),
    ("insert into t (a, c) values (2, length($1))", [.text(secret)], "23502"),
    ("insert into t values (2, $1, -1)", [.text(secret)], "23514"),
    ("select $1::text::int", [.text(secret)], "22P02"),
    ("select $1::text::uuid", [.text(secret)], "22P02"),
    ("select $1::text::timestamptz", [.text(secret)], "22007"),
    ("select $1::text::inet", [.text(secret)], "22P02"),
    ("select $1::text::jsonb", [.text(secret)], "22P02"),
    ("select $1::text::int[]", [.text(secret)], "22P02"),
    ("select $1::text::numeric::int", [.text("99999999999")], "22003"),
    ("select 1 from t where b ~ $1", [.text("(\(secret)")], "2201B"),
    ("select $1::text", [.text("\(secret)\0")], "22021"),
    ("select complain($1)", [.text(secret)], "P0001"),
    ("select $1::jsonb", [.jsonb("{\(secret)")], "22P02"),
  ]

  @Test func errorsHaveTheirStateAndNoParameters() async throws {
    let connection = try await SharedPostgres.shared().schema().connect()
    try await connection.run { c in
      try c.executeScript(Self.table)
      try c.executeScript("insert into t values (1, 'x', 1)")
      for (sql, values, sqlState) in Self.failures {
        let error = failure {
          try c.execute(PostgresStatement("test.failure", sql), values)
        }
        guard let error else { continue }
        #expect(error.sqlState == sqlState, "\(sql)")
        #expect(error.code == .server)
        #expect(error.statement == "test.failure")
        var dumped = ""
        dump(error, to: &dumped)
        for text in ["\(error)", dumped, String(reflecting: error)] {
          #expect(!text.contains(Self.secret) && !text.contains("99999999999"), "\(sql)")
        }
      }
      try expectEqual(c.read("select 1") { try $0.int4(0) }, [1])
    }
  }

  @Test func violationsNameTheirConstraint() async throws {
    let connection = try await SharedPostgres.shared().schema().connect()
    try await connection.run { c in
      try c.executeScript(Self.table)
      try c.executeScript("insert into t values (1, 'x', 1)")
      let unique = failure {
        try c.executeScript("insert into t values (1, 'x', 1)")
      }
      #expect(unique?.isUniqueViolation == true)
      #expect(unique?.constraint == "t_pkey")
      #expect(unique?.table == "t")
      let missing = failure {
        try c.executeScript("insert into t (a) values (2)")
      }
      #expect(missing?.column == "b")
      let deferred = failure {
        try c.transaction { try c.executeScript("insert into t values (3, 'x', 1, 99)") }
      }
      #expect(deferred?.sqlState == "23503")
      #expect(deferred?.code == .server)
    }
  }

  @Test func aStatementThatTakesTooLongIsATimeout() async throws {
    let database = try await SharedPostgres.shared().schema()
    var configuration = database.configuration
    configuration.statementTimeoutMilliseconds = 20
    let connection = try await PostgresConnection.connect(configuration)
    try await connection.run { c in
      let error = failure {
        try c.execute(PostgresStatement("test.sleep", "select pg_sleep(60)"))
      }
      #expect(error?.code == .statementTimeout)
      #expect(error?.isConnectionLoss == false)
      try expectEqual(c.read("select 1") { try $0.int4(0) }, [1])
    }
  }

  @Test func aSessionThatTheServerEndsIsLost() async throws {
    let database = try await SharedPostgres.shared().schema()
    let connection = try await database.connect()
    try await connection.run { c in
      let error = failure {
        try c.execute(
          PostgresStatement("test.suicide", "select pg_terminate_backend(pg_backend_pid())"))
      }
      #expect(error?.code == .connection)
      #expect(error?.sqlState == "57P01")
      #expect(error?.isConnectionLoss == true)
    }
  }

  @Test func anUnknownDatabaseIsToldByItsState() async throws {
    let endpoint = try await SharedPostgres.shared().endpoint
    let error = await #expect(throws: PostgresError.self) {
      try await PostgresConnection.connect(
        PostgresConfiguration(conninfo: endpoint.conninfo(database: "nothing")))
    }
    #expect(error?.sqlState == "3D000")
  }
}
