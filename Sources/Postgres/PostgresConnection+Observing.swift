extension PostgresConnection {
  /// Runs one statement and tells the observer of it.
  func observed(
    _ name: StaticString, _ sql: @autoclosure () -> String, _ body: () throws -> PostgresResult
  ) throws -> PostgresResult {
    guard observer != nil else { return try body() }
    let start = monotonicNow()
    do {
      let result = try body()
      report(name, sql(), since: start, rows: result.affectedRows)
      return result
    } catch {
      report(name, sql(), since: start, rows: 0, error: error as? PostgresError)
      throw error
    }
  }

  func report(
    _ name: StaticString, _ sql: String, since start: Duration, rows: Int,
    error: PostgresError? = nil
  ) {
    guard let observer else { return }
    let wait = poolWait
    poolWait = .zero
    observer.statementFinished(
      PostgresStatementRecord(
        name: name, sql: sql, duration: monotonicNow() - start, rows: rows, poolWait: wait,
        sqlState: error?.sqlState, errorCode: error?.code, backendPID: backendPID))
  }
}
