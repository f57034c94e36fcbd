import Postgres
import TestServers
import Testing

@Suite struct QueryTests {
  @Test func aStatementReturnsItsRows() async throws {
    let pool = try await SharedPostgres.shared().database().pool()
    let statement = PostgresStatement("numbers", "select n from generate_series(1, $1) n")
    let rows = try await pool.withConnection { c in
      try c.query(statement, [.int4(3)]) { try $0.int4(0) }
    }
    #expect(rows == [1, 2, 3])
    await pool.shutdown()
  }
}
