import CLibPQ

extension PostgresConnection {
  /// Runs a statement and turns its rows into values.
  ///
  /// - Parameters:
  ///   - parameters: the values of `$1`, `$2`, …
  ///   - row: called once for each row; what it throws ends the decoding and is thrown on.
  public func query<R>(
    _ statement: PostgresStatement, _ parameters: [PostgresValue] = [],
    row: (PostgresRow) throws -> R
  ) throws -> [R] {
    let result = try run(statement, parameters)
    let count = result.rowCount
    var values: [R] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      values.append(try row(PostgresRow(result: result, index: Int32(index))))
    }
    return values
  }

  /// Runs a statement whose rows, if there are any, don't matter.
  ///
  /// - Returns: rows changed, or returned by a `select`.
  @discardableResult
  public func execute(
    _ statement: PostgresStatement, _ parameters: [PostgresValue] = []
  ) throws -> Int {
    try run(statement, parameters).affectedRows
  }

  /// Runs several statements of one text, without parameters, for migrations and settings. Outside
  /// a transaction the server runs them in one of their own.
  public func executeScript(_ sql: String) throws {
    _ = try simple("script", sql)
  }

  func run(_ statement: PostgresStatement, _ values: [PostgresValue]) throws -> PostgresResult {
    try observed(statement.name, statement.sql) {
      let session = unsafe try usableSession(statement.name)
      let name = try prepare(statement, values)
      parameters.fill(values)
      let isSent = unsafe parameters.withArrays { pointers, lengths, formats in
        unsafe PQsendQueryPrepared(
          session, name, Int32(values.count), pointers, lengths, formats, 1)
      }
      return unsafe try check(isSent == 1 ? lastResult(session) : nil, statement.name)
    }
  }

  /// Runs a text by the simple protocol.
  func simple(_ name: StaticString, _ sql: String) throws -> PostgresResult {
    try observed(name, sql) {
      let session = unsafe try usableSession(name)
      let isSent = unsafe PQsendQuery(session, sql)
      return unsafe try check(isSent == 1 ? lastResult(session) : nil, name)
    }
  }

  /// Reads all results of what was sent; returns the first error, else the last result. (`PQexec`
  /// returns the last error: for a session that the server ends that is the end of the stream
  /// rather than the reason.)
  private func lastResult(_ session: OpaquePointer) -> OpaquePointer? {
    var kept: OpaquePointer?
    while let next = unsafe PQgetResult(session) {
      let status = unsafe PQresultStatus(next)
      if unsafe kept.map({ unsafe PQresultStatus($0) }) == PGRES_FATAL_ERROR {
        unsafe PQclear(next)
      } else {
        unsafe PQclear(kept)
        unsafe kept = next
      }
      // A copy gives the same result again and again.
      if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH { break }
    }
    return unsafe kept
  }

  /// Prepares the statement unless this session has it.
  ///
  /// - Returns: the server's name of it.
  func prepare(_ statement: PostgresStatement, _ values: [PostgresValue]) throws -> String {
    if let name = prepared.name(for: statement, values) { return name }
    let session = unsafe try usableSession(statement.name)
    let name = prepared.makeName()
    var types = values.map(\.oid)
    _ = unsafe try check(
      PQprepare(session, name, statement.sql, Int32(types.count), types), statement.name)
    if types.contains(0) {
      // What the server chose where a null left the choice to it.
      let described = unsafe try check(PQdescribePrepared(session, name), statement.name)
      types = (0..<types.count).map { unsafe PQparamtype(described.pointer, Int32($0)) }
    }
    if let evicted = prepared.insert(statement, serverName: name, types: types) {
      _ = unsafe try check(PQexec(session, "deallocate \(evicted)"), statement.name)
    }
    return name
  }

  /// The result if it is a success; otherwise throws, and notes when the session is lost.
  func check(_ result: OpaquePointer?, _ statement: StaticString) throws -> PostgresResult {
    guard let result = unsafe result else { throw unsafe failure(nil, statement) }
    let owned = unsafe PostgresResult(result, statement: statement)
    switch unsafe PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return owned
    case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: throw unsafe failure(result, statement)
    default:
      isBroken = true
      throw PostgresError(
        .protocolViolation, "the statement began a copy: use copyBinary",
        statement: statement.description)
    }
  }

  /// The error that a result or the session tells of.
  func failure(_ result: OpaquePointer?, _ statement: StaticString) -> PostgresError {
    let error = unsafe PostgresError(
      result: result, connection: session, statement: statement.description)
    let isLost = unsafe PQstatus(session) != CONNECTION_OK
    if isLost || error.isConnectionLoss { isBroken = true }
    guard error.sqlState == "57014", gate.isCancelled else { return error }
    return PostgresError(
      .cancelled, "the borrowing task was cancelled", sqlState: error.sqlState,
      statement: error.statement)
  }
}
