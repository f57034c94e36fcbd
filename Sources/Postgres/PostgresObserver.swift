/// Hears of every statement that was run.
public protocol PostgresObserver: Sendable {
  /// Called on the connection's thread inside the task that ran the statement, so task-local values
  /// are the caller's. It must be quick and must not use the connection.
  func statementFinished(_ record: PostgresStatementRecord)
}

/// One statement that ran, without the values of its parameters.
public struct PostgresStatementRecord: Sendable {
  public let name: StaticString
  public let sql: String
  /// From sending to the last byte of the answer.
  public let duration: Duration
  /// Rows returned or changed.
  public let rows: Int
  /// How long the borrower waited for the connection; zero for all but the first statement of a
  /// lease.
  public let poolWait: Duration
  /// The server's error; nil for success and for errors that are not the server's.
  public let sqlState: String?
  public let errorCode: PostgresError.Code?
  /// The server process, as `pg_stat_activity.pid`.
  public let backendPID: Int32

  public init(
    name: StaticString, sql: String, duration: Duration, rows: Int, poolWait: Duration = .zero,
    sqlState: String? = nil, errorCode: PostgresError.Code? = nil, backendPID: Int32 = 0
  ) {
    self.name = name
    self.sql = sql
    self.duration = duration
    self.rows = rows
    self.poolWait = poolWait
    self.sqlState = sqlState
    self.errorCode = errorCode
    self.backendPID = backendPID
  }
}
