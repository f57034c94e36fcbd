import Postgres
import TestServers
import Testing

@Suite struct SnapshotTests {
  @Test(arguments: ["1:1:", "3:9:3,5,8", "18446744073709551615:18446744073709551615:"])
  func isReadAndWritten(text: String) throws {
    #expect(try #require(PostgresSnapshot(text)).description == text)
  }

  @Test(arguments: [
    "", "1", "1:2", "2:1:", "1:2:3:4", "a:2:", "1:2:2", "3:9:2", "3:9:5,4", "3:9:5,5", "3:9:5,",
    "+3:9:", "3:9:,", "18446744073709551616:18446744073709551616:", "-1:2:",
  ])
  func whatIsNoneIsRefused(text: String) {
    #expect(PostgresSnapshot(text) == nil)
  }

  @Test func aLongTextIsRefused() {
    let list = (1...2000).map(String.init).joined(separator: ",")
    #expect(PostgresSnapshot("1:9000:\(list)") == nil)
  }

  /// Against the meaning, number by number.
  @Test func includesIsWhatItSays() throws {
    var random = SystemRandomNumberGenerator()
    func any() -> PostgresSnapshot? {
      let xmin = UInt64.random(in: 1...8, using: &random)
      let xmax = UInt64.random(in: xmin...12, using: &random)
      let open = (xmin..<xmax).filter { _ in Bool.random(using: &random) }
      return PostgresSnapshot("\(xmin):\(xmax):\(open.map(String.init).joined(separator: ","))")
    }
    for _ in 0..<5000 {
      let one = try #require(any())
      let other = try #require(any())
      let expected = (UInt64(0)...20).allSatisfy { !other.contains($0) || one.contains($0) }
      #expect(one.includes(other) == expected, "\(one) \(other)")
    }
  }

  /// Against the meaning, number by number.
  @Test func seeingAddsOneTransactionAndNothingElse() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let xmin = UInt64.random(in: 1...8, using: &random)
      let xmax = UInt64.random(in: xmin...12, using: &random)
      let open = (xmin..<xmax).filter { _ in Bool.random(using: &random) }
      let one = try #require(
        PostgresSnapshot("\(xmin):\(xmax):\(open.map(String.init).joined(separator: ","))"))
      let own = UInt64.random(in: 1...20, using: &random)
      let more = try #require(one.seeing(own))
      for number in UInt64(0)...24 {
        #expect(more.contains(number) == (one.contains(number) || number == own), "\(one) \(own)")
      }
      #expect(PostgresSnapshot(more.description) == more)
    }
    #expect(PostgresSnapshot("5:5:")?.seeing(5000) == nil)
  }

  @Test func aCommitIsSeenFromThenOn() async throws {
    let database = try await SharedPostgres.shared().database()
    let first = try await database.connect()
    let second = try await database.connect()
    func snapshot(_ connection: PostgresConnection) async throws -> PostgresSnapshot {
      let text = try await connection.ask("select pg_current_snapshot()::text")
      return try #require(PostgresSnapshot(text))
    }
    let before = try await snapshot(second)
    let transaction = try await first.ask("select pg_current_xact_id()::text")
    let after = try await snapshot(second)
    let number = try #require(UInt64(transaction))
    #expect(!before.contains(number))
    #expect(after.contains(number))
    #expect(after.includes(before))
    #expect(!before.includes(after))
  }
}

extension PostgresConnection {
  fileprivate func ask(_ sql: StaticString) throws -> String {
    try query(PostgresStatement("test.snapshot", "\(sql)"), []) { try $0.text(0) }.first ?? ""
  }
}
