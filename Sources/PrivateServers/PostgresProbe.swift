/// What a server answers to the first message of a session.
enum PostgresProbe: Equatable {
  case notReady
  case ready
  /// The server runs, but there is no such database.
  case noDatabase
  /// It refuses for another reason, by SQLSTATE.
  case refused(String)

  /// Begins a session and ends it again (PostgreSQL manual, 55.2.1 and 55.7).
  static func ask(socket: String, user: String, database: String) -> PostgresProbe {
    var body: [UInt8] = [0, 3, 0, 0]
    for word in ["user", user, "database", database, "application_name", "harrier-probe"] {
      body += Array(word.utf8) + [0]
    }
    body.append(0)
    let length = UInt32(body.count + 4)
    let header = (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - $0 * 8)) }
    let answer = ServerSocket.ask(socket, header + body) { verdict($0) != nil }
    return answer.flatMap(verdict) ?? .notReady
  }

  /// What the messages so far say: an error, or that the server is ready for a query; nil before.
  static func verdict(_ answer: [UInt8]) -> PostgresProbe? {
    var rest = answer[...]
    while rest.count >= 5, let kind = rest.first {
      let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard length >= 4 else { return .notReady }
      guard rest.count > length else { return nil }
      let body = rest.dropFirst(5).prefix(length - 4)
      if kind == UInt8(ascii: "Z") { return .ready }
      if kind == UInt8(ascii: "E") { return refusal(body) }
      rest = rest.dropFirst(length + 1)
    }
    return nil
  }

  /// Reads the field `C` of an ErrorResponse, the SQLSTATE.
  private static func refusal(_ fields: ArraySlice<UInt8>) -> PostgresProbe {
    let code = fields.split(separator: 0).first { $0.first == UInt8(ascii: "C") }
    switch String(decoding: code?.dropFirst() ?? [], as: UTF8.self) {
    case "57P03": return .notReady
    case "3D000": return .noDatabase
    case let state: return .refused(state)
    }
  }
}
