import Postgres
import TestServers
import Testing

@Suite struct PipelineTests {
  private static let insert = PostgresStatement("test.insert", "insert into t values ($1)")
  private static let delete = PostgresStatement("test.delete", "delete from t where a <= $1")

  private func withTable(
    _ body: @Sendable (isolated PostgresConnection) throws -> Void
  ) async throws {
    let connection = try await SharedPostgres.shared().schema().connect()
    try await connection.run { c in
      try c.executeScript("create table t (a int primary key)")
      try body(c)
    }
  }

  @Test(arguments: [0, 1, 99, 100, 101, 350])
  func everyStatementTellsWhatItChanged(_ count: Int32) async throws {
    try await withTable { c in
      var items = (0..<count).map { (Self.insert, [PostgresValue.int4($0)]) }
      items.append((Self.delete, [.int4(1)]))
      let changed = try c.pipeline(items)
      #expect(changed == Array(repeating: 1, count: Int(count)) + [Int(min(count, 2))])
      try expectEqual(c.all().count, max(0, Int(count) - 2))
    }
  }

  @Test func nothingIsNothing() async throws {
    try await withTable { c in try expectEqual(c.pipeline([]), []) }
  }

  @Test(arguments: [3, 250])
  func oneFailureUndoesAll(_ count: Int32) async throws {
    try await withTable { c in
      var items = (0..<count).map { (Self.insert, [PostgresValue.int4($0)]) }
      items.append((Self.insert, [.int4(0)]))
      items.append((Self.insert, [.int4(1000)]))
      let error = failure { try c.pipeline(items) }
      #expect(error?.isUniqueViolation == true)
      #expect(error?.statement == "test.insert")
      try expectEqual(c.all(), [])
      try expectEqual(c.pipeline([(Self.insert, [.int4(5)])]), [1])
    }
  }

  @Test func aStatementThatCannotBePreparedSendsNothing() async throws {
    try await withTable { c in
      let wrong = PostgresStatement("test.wrong", "insert into nowhere values ($1)")
      let error = failure {
        try c.pipeline([(Self.insert, [.int4(1)]), (wrong, [.int4(1)])])
      }
      #expect(error?.sqlState == "42P01")
      try expectEqual(c.all(), [])
    }
  }

  @Test func withinATransactionItFollowsIt() async throws {
    try await withTable { c in
      let error60 = failure {
        try c.transaction {
          try c.pipeline((0..<250).map { (Self.insert, [.int4($0)]) })
          try c.insert(0)
        }
      }
      #expect(error60 != nil)
      try expectEqual(c.all(), [])
    }
  }

  @Test func largeValuesDoNotBlock() async throws {
    try await withTable { c in
      try c.executeScript("create table big (a text)")
      let statement = PostgresStatement("test.big", "insert into big values ($1) returning a")
      let text = String(repeating: "x", count: 1_000_000)
      let changed = try c.pipeline((0..<40).map { _ in (statement, [.text(text)]) })
      #expect(changed == Array(repeating: 1, count: 40))
    }
  }
}
