import Postgres
import TestServers
import Testing

@Suite struct CopyTests {
  private struct Refusal: Error {}

  private func withTable(
    _ body: @Sendable (isolated PostgresConnection) throws -> Void
  ) async throws {
    let connection = try await SharedPostgres.shared().schema().connect()
    try await connection.run { c in
      try c.executeScript(
        """
        create table t (a int primary key, "user" text, at timestamptz, ip inet, raw bytea,
          id uuid, doc jsonb, tags text[])
        """)
      try body(c)
    }
  }

  private static let columns = ["a", "user"]

  private static func rows(_ range: Range<Int32>, text: String = "x") -> PostgresRowEncoder {
    var encoder = PostgresRowEncoder()
    for number in range {
      encoder.beginRow(columns: 2)
      encoder.int4(number)
      encoder.text(text)
    }
    return encoder
  }

  @Test func everyTypeArrives() async throws {
    try await withTable { c in
      let stored = try c.copyBinary(
        name: "test.copy", into: "t",
        columns: ["a", "user", "at", "ip", "raw", "id", "doc", "tags"]
      ) { writer in
        try writer.row(columns: 8) { row in
          row.int4(1)
          row.text("é")
          row.timestamptz(microseconds: 0)
          row.inet(v4: 0xC000_0201)
          row.bytea([1, 2, 3])
          row.uuid(high: 1, low: 2)
          row.jsonb(#"{"a":1}"#)
          row.value(.textArray(["x", nil]))
        }
        try writer.row(columns: 8) { row in
          row.int4(2)
          for _ in 0..<7 { row.null() }
        }
      }
      #expect(stored == 2)
      let first: [Void] = try c.read("select * from t where a = 1") { row in
        try expectEqual(row.text(1), "é")
        try expectEqual(row.timestamptz(2), 0)
        try expectEqual(row.inet(3), [192, 0, 2, 1])
        try expectEqual(row.bytea(4), [1, 2, 3])
        try expectEqual(row.uuid(5).low, 2)
        try expectEqual(row.jsonb(6), #"{"a": 1}"#)
        try expectEqual(row.textArray(7), ["x", nil])
      }
      #expect(first.count == 1)
      let nulls = try c.read(
        "select num_nulls(\"user\", at, ip, raw, id, doc, tags) from t where a = 2"
      ) { try $0.int4(0) }
      #expect(nulls == [7])
    }
  }

  @Test func rowsComeFromAnywhereInAnySize() async throws {
    try await withTable { c in
      let long = String(repeating: "y", count: 3000)
      let small = Self.rows(0..<10)
      let large = Self.rows(10..<510, text: long)
      let stored = try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
        try $0.append(small)
        try $0.append(large)
        try $0.append(PostgresRowEncoder())
        for number in 510..<2000 as Range<Int32> {
          try $0.row(columns: 2) { row in
            row.int4(number)
            row.text(utf8: long.utf8.prefix(500))
          }
        }
        try $0.append(encoded: Self.rows(2000..<2001).bytes[...], rows: 1)
        #expect($0.rows == 2001)
      }
      #expect(stored == 2001)
      let sums = try c.read("select count(*), sum(length(\"user\"))::int8 from t") {
        [try $0.int8(0), try $0.int8(1)]
      }
      let characters: Int64 = 10 + 500 * 3000 + 1490 * 500 + 1
      #expect(sums == [[2001, characters]])
    }
  }

  @Test func aCopyOfNothingIsFine() async throws {
    try await withTable { c in
      try expectEqual(c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) { _ in }, 0)
    }
  }

  @Test func aThrowCallsTheCopyOff() async throws {
    try await withTable { c in
      let refusal = thrown {
        try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
          try $0.append(Self.rows(0..<20_000))
          throw Refusal()
        }
      }
      #expect(refusal is Refusal)
      try expectEqual(c.all(), [])
      #expect(
        try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
          try $0.append(Self.rows(0..<2))
        } == 2)
    }
  }

  @Test func aDuplicateFailsTheWholeCopyAndNamesItsRow() async throws {
    try await withTable { c in
      try c.insertRow(7)
      let error = failure {
        try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
          try $0.append(Self.rows(0..<10))
        }
      }
      #expect(error?.isUniqueViolation == true)
      #expect(error?.constraint == "t_pkey")
      #expect(error?.copyRow == 8)
      #expect(error?.statement == "test.copy")
      try expectEqual(c.all(), [7])
    }
  }

  @Test func textThatIsNotUTF8IsRefusedWithoutShowingIt() async throws {
    try await withTable { c in
      let error = failure {
        try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
          try $0.row(columns: 2) { row in
            row.int4(1)
            row.text(utf8: Array("hunter2".utf8) + [0xC3])
          }
        }
      }
      #expect(error?.sqlState == "22021")
      #expect(error.map { !"\($0)".contains("hunter2") } == true)
      try expectEqual(c.all(), [])
    }
  }

  @Test func withinATransactionASavepointSavesWhatWasBefore() async throws {
    try await withTable { c in
      try c.transaction {
        try c.insertRow(1)
        let error153 = failure {
          try c.savepoint {
            try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) {
              try $0.append(Self.rows(0..<3))
            }
          }
        }
        #expect(error153 != nil)
        try c.insertRow(5)
      }
      try expectEqual(c.all(), [1, 5])
    }
  }

  @Test func aTableCanBeNamedWithItsSchema() async throws {
    try await withTable { c in
      try c.executeScript("create temporary table only_here (a int)")
      let stored = try c.copyBinary(name: "test.copy", into: "pg_temp.only_here", columns: ["a"]) {
        try $0.row(columns: 1) { $0.int4(1) }
      }
      #expect(stored == 1)
    }
  }

  @Test func aTableThatIsNotThereIsAnError() async throws {
    try await withTable { c in
      let error = failure {
        try c.copyBinary(name: "test.copy", into: "no\"where", columns: ["a"]) { _ in }
      }
      #expect(error?.sqlState == "42P01")
      try expectEqual(c.all(), [])
    }
  }

  @Test func aStatementWithinACopyIsRefused() async throws {
    try await withTable { c in
      let error = failure {
        try c.copyBinary(name: "test.copy", into: "t", columns: Self.columns) { _ in
          try c.insertRow(1)
        }
      }
      #expect(error?.code == .misuse)
      try expectEqual(c.all(), [])
    }
  }
}

extension PostgresConnection {
  func insertRow(_ number: Int32) throws {
    try execute(PostgresStatement("test.row", "insert into t (a) values ($1)"), [.int4(number)])
  }
}
