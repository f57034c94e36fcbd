import Testing

@testable import Postgres

@Suite struct PreparedStatementsTests {
  private let statement = PostgresStatement("test", "select $1")

  @Test func aStatementIsFoundByTextAndTypes() {
    var prepared = PreparedStatements(capacity: 4)
    #expect(prepared.name(for: statement, [.int4(1)]) == nil)
    #expect(prepared.insert(statement, serverName: "a", types: [23]) == nil)
    #expect(prepared.name(for: statement, [.int4(2)]) == "a")
    #expect(prepared.name(for: statement, [.null]) == "a", "a null goes for any type")
    #expect(prepared.name(for: statement, [.int8(2)]) == nil, "8 bytes are not 4")
    #expect(prepared.name(for: statement, []) == nil)
    #expect(prepared.name(for: PostgresStatement("test", "select $1, 2"), [.int4(1)]) == nil)
  }

  @Test func theLongestUnusedIsPutOut() {
    var prepared = PreparedStatements(capacity: 2)
    let others = ["select 1", "select 2", "select 3"].map { PostgresStatement("test", $0) }
    #expect(prepared.insert(others[0], serverName: "a", types: []) == nil)
    #expect(prepared.insert(others[1], serverName: "b", types: []) == nil)
    #expect(prepared.name(for: others[0], []) == "a")
    #expect(prepared.insert(others[2], serverName: "c", types: []) == "b")
    #expect(prepared.count == 2)
    #expect(prepared.name(for: others[1], []) == nil)
    #expect(prepared.name(for: others[0], []) == "a")
  }

  @Test func namesAreNeverGivenTwice() {
    var prepared = PreparedStatements(capacity: 1)
    let names = (0..<100).map { _ in prepared.makeName() }
    #expect(Set(names).count == 100)
  }
}
