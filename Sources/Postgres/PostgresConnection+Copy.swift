import CLibPQ

extension PostgresConnection {
  /// Writes rows in bulk: `COPY … FROM STDIN (FORMAT BINARY)`.
  ///
  /// All rows are stored or none. When the closure throws, the copy is called off and its error
  /// thrown on. A server error names the row in `copyRow`.
  ///
  /// - Parameters:
  ///   - table: a name, or `schema.name`; it is quoted here.
  ///   - columns: in the order in which the rows hold them; quoted here.
  /// - Returns: the rows stored.
  @discardableResult
  public func copyBinary(
    name: StaticString, into table: String, columns: [String],
    _ body: (inout PostgresCopyWriter) throws -> Void
  ) throws -> Int {
    let list = columns.map { Self.quoted($0) }.joined(separator: ", ")
    let sql = "copy \(Self.quoted(path: table)) (\(list)) from stdin with (format binary)"
    return try observed(name, sql) {
      let session = unsafe try usableSession(name)
      guard let begun = unsafe PQexec(session, sql) else { throw unsafe failure(nil, name) }
      let status = unsafe PQresultStatus(begun)
      guard status == PGRES_COPY_IN else {
        return unsafe try check(begun, name)
      }
      unsafe PQclear(begun)
      return unsafe try copy(session, name, body)
    }.affectedRows
  }

  private func copy(
    _ session: OpaquePointer, _ name: StaticString,
    _ body: (inout PostgresCopyWriter) throws -> Void
  ) throws -> PostgresResult {
    var buffer: [UInt8] = []
    swap(&buffer, &copyBuffer)
    var writer = unsafe PostgresCopyWriter(session: session, statement: name, buffer: buffer)
    buffer = []
    isCopying = true
    defer { isCopying = false }
    do {
      try body(&writer)
      copyBuffer = try writer.finish()
    } catch {
      unsafe callOff(session, name)
      throw error
    }
    guard unsafe PQputCopyEnd(session, nil) == 1 else {
      isBroken = true
      throw unsafe failure(nil, name)
    }
    return unsafe try endCopy(session, name)
  }

  /// Tells the server that the rows are not to be stored. Its answer is the error that we asked
  /// for, or the one that led here.
  private func callOff(_ session: OpaquePointer, _ name: StaticString) {
    guard unsafe PQputCopyEnd(session, "called off by the writer") == 1 else {
      isBroken = true
      return
    }
    while let result = unsafe PQgetResult(session) { unsafe PQclear(result) }
    if unsafe PQstatus(session) != CONNECTION_OK { isBroken = true }
  }

  private func endCopy(_ session: OpaquePointer, _ name: StaticString) throws -> PostgresResult {
    let result = unsafe PQgetResult(session)
    while let extra = unsafe PQgetResult(session) { unsafe PQclear(extra) }
    return unsafe try check(result, name)
  }

  static func quoted(_ name: String) -> String {
    var text = "\""
    for character in name {
      if character == "\"" { text.append("\"") }
      text.append(character)
    }
    return text + "\""
  }

  static func quoted(path: String) -> String {
    path.split(separator: ".", maxSplits: 1).map { quoted(String($0)) }.joined(separator: ".")
  }
}
