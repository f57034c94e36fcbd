import Postgres
import TestServers
import Testing

@Suite struct TransactionTests {
  private struct Refusal: Error {}

  private func withTable(
    _ body: @Sendable (isolated PostgresConnection) throws -> Void
  ) async throws {
    let connection = try await SharedPostgres.shared().schema().connect()
    try await connection.run { c in
      try c.executeScript("create table t (a int primary key)")
      try body(c)
    }
  }

  @Test func whatReturnsIsCommitted() async throws {
    try await withTable { c in
      let value = try c.transaction {
        expectEqual(c.isInTransaction, true)
        try c.insert(1)
        return 7
      }
      #expect(value == 7)
      expectEqual(c.isInTransaction, false)
      try expectEqual(c.all(), [1])
    }
  }

  @Test func whatThrowsIsRolledBack() async throws {
    try await withTable { c in
      let refusal = thrown {
        try c.transaction {
          try c.insert(1)
          throw Refusal()
        }
      }
      #expect(refusal is Refusal)
      try expectEqual(c.all(), [])
    }
  }

  @Test func aFailedStatementUndoesAllAndTheConnectionGoesOn() async throws {
    try await withTable { c in
      let error = failure {
        try c.transaction {
          try c.insert(1)
          try c.insert(1)
        }
      }
      #expect(error?.isUniqueViolation == true)
      try expectEqual(c.all(), [])
    }
  }

  @Test func aSwallowedErrorIsNoCommit() async throws {
    try await withTable { c in
      let error = failure {
        try c.transaction {
          try c.insert(1)
          let error60 = failure { try c.insert(1) }
          #expect(error60 != nil)
        }
      }
      #expect(error?.sqlState == "25P02")
      try expectEqual(c.all(), [])
    }
  }

  @Test func aTransactionWithinATransactionIsRefused() async throws {
    try await withTable { c in
      let error = failure {
        try c.transaction { try c.transaction {} }
      }
      #expect(error?.code == .misuse)
    }
  }

  @Test func aSavepointUndoesItsPartAlone() async throws {
    try await withTable { c in
      try c.transaction {
        try c.insert(1)
        let error81 = failure {
          try c.savepoint {
            try c.insert(2)
            try c.savepoint { try c.insert(3) }
            try c.insert(1)
          }
        }
        #expect(error81 != nil)
        try c.savepoint { try c.insert(4) }
      }
      try expectEqual(c.all(), [1, 4])
      let error91 = failure { try c.savepoint {} }
      #expect(error91 != nil)
    }
  }

  @Test(arguments: [
    (PostgresIsolation.readCommitted, "read committed", "off"),
    (.repeatableRead, "repeatable read", "off"), (.serializable, "serializable", "off"),
    (.readOnlySnapshot, "repeatable read", "on"),
  ])
  func isolation(_ isolation: PostgresIsolation, _ name: String, _ readOnly: String) async throws {
    try await withTable { c in
      try c.transaction(isolation: isolation) {
        let settings = try c.read(
          "select current_setting('transaction_isolation'), current_setting('transaction_read_only')"
        ) { [try $0.text(0), try $0.text(1)] }
        #expect(settings == [[name, readOnly]])
      }
    }
  }

  @Test func aSerializationFailureMayBeTriedAgain() async throws {
    let database = try await SharedPostgres.shared().schema()
    let first = try await database.connect()
    let second = try await database.connect()
    try await first.run { c in
      try c.executeScript("create table t (a int primary key); insert into t values (1)")
      try c.executeScript("begin isolation level repeatable read; select * from t")
    }
    try await second.run { c in try c.executeScript("update t set a = a + 1") }
    try await first.run { c in
      let error = failure {
        try c.executeScript("update t set a = a + 1")
      }
      #expect(error?.isRetryable == true)
    }
  }
}

extension PostgresConnection {
  func insert(_ number: Int32) throws {
    try execute(PostgresStatement("test.insert", "insert into t values ($1)"), [.int4(number)])
  }

  func all() throws -> [Int32] {
    try query(PostgresStatement("test.all", "select a from t order by a")) { try $0.int4(0) }
  }
}
