import CLibPQ

extension PostgresError {
  /// The error that a failed result or, where there is none, the connection tells of.
  init(result: OpaquePointer?, connection: OpaquePointer?, statement: String?) {
    let state = unsafe Self.field(result, 67)  // PG_DIAG_SQLSTATE 'C'
    let isLost = unsafe PQstatus(connection) != CONNECTION_OK
    guard let state else {
      let text = unsafe PQerrorMessage(connection).map { unsafe String(cString: $0) } ?? ""
      self.init(
        isLost ? .connection : .protocolViolation, Self.firstLine(text), statement: statement)
      return
    }
    let primary = unsafe Self.field(result, 77) ?? ""  // PG_DIAG_MESSAGE_PRIMARY 'M'
    let code: Code =
      if isLost || Self.endsConnection(state) {
        .connection
      } else if state == "57014" && !primary.contains("user request") {
        .statementTimeout
      } else {
        .server
      }
    self.init(
      code, Self.redacted(primary, sqlState: state), sqlState: state, statement: statement,
      table: unsafe Self.field(result, 116),  // PG_DIAG_TABLE_NAME 't'
      column: unsafe Self.field(result, 99),  // PG_DIAG_COLUMN_NAME 'c'
      constraint: unsafe Self.field(result, 110),  // PG_DIAG_CONSTRAINT_NAME 'n'
      copyRow: unsafe Self.copyRow(Self.field(result, 87)))  // PG_DIAG_CONTEXT 'W'
  }

  /// The error in a failed handshake's verbose message:
  /// `connection to server … failed: FATAL:  3D000: database "x" does not exist`.
  init(connecting text: String) {
    let line = Self.firstLine(text)
    guard let mark = line.firstRange(of: ":  ") else {
      self.init(.connection, line)
      return
    }
    let state = line[mark.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0.isUppercase) }
    let rest = line[state.endIndex...]
    guard state.utf8.count == 5, rest.hasPrefix(": ") else {
      self.init(.connection, line)
      return
    }
    self.init(
      .connection, line[..<mark.lowerBound] + ": " + rest.dropFirst(2), sqlState: String(state))
  }

  private static func field(_ result: OpaquePointer?, _ code: Int32) -> String? {
    unsafe PQresultErrorField(result, code).map { unsafe String(cString: $0) }
  }

  static func firstLine(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
    return lines.first.map(String.init) ?? "the connection failed without a message"
  }

  /// Messages of class 22 (data exceptions) and P0 (raised by functions) quote input: what lies
  /// between the first and the last quotation mark goes, and in class 22 what follows a colon.
  static func redacted(_ message: String, sqlState: String) -> String {
    let isData = sqlState.hasPrefix("22")
    guard isData || sqlState.hasPrefix("P0") else { return message }
    var head = message[...]
    var tail: Substring = ""
    if let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\"") {
      head = message[..<first]
      tail = message[message.index(after: last)...]
    }
    if isData, let colon = head.firstIndex(of: ":") { return String(head[..<colon]) }
    if head.endIndex == message.endIndex { return message }
    if !isData { return "\(head)…\(tail)" }
    return "\(head)…\(tail.prefix { $0 != ":" })"
  }

  /// The number in `COPY events, line 3, column …`.
  static func copyRow(_ context: String?) -> Int? {
    guard let context, context.hasPrefix("COPY "),
      let range = context.firstRange(of: ", line ")
    else { return nil }
    return Int(context[range.upperBound...].prefix { $0.isNumber })
  }
}
