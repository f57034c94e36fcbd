import CLibPQ

extension PostgresConfiguration {
  /// The keywords and values for `PQconnectdbParams`: what the connection string says, and ours
  /// where it is silent. `options` are ours added to its own.
  func parameters() throws(PostgresError) -> [(keyword: String, value: String)] {
    var given = try parsed()
    let own = given.first { $0.keyword == "options" }?.value
    given.removeAll { $0.keyword == "options" }
    let defaults = [
      ("application_name", applicationName),
      ("connect_timeout", String(connectTimeoutSeconds)),
      ("keepalives", "1"),
      ("keepalives_idle", "30"),
      ("keepalives_interval", "10"),
      ("keepalives_count", "3"),
      ("tcp_user_timeout", "60000"),
    ]
    for (keyword, value) in defaults where !given.contains(where: { $0.keyword == keyword }) {
      given.append((keyword, value))
    }
    given.append(("client_encoding", "UTF8"))
    given.append(("options", [own, sessionOptions].compactMap(\.self).joined(separator: " ")))
    return given
  }

  /// The command line options that the server's session starts with.
  var sessionOptions: String {
    let fixed = [
      ("statement_timeout", String(statementTimeoutMilliseconds)),
      ("client_min_messages", "warning"),
      ("timezone", "UTC"),
    ]
    return (fixed + settings.map { ($0.name, $0.value) })
      .map { "-c \($0.0)=\(Self.escapedOption($0.1))" }
      .joined(separator: " ")
  }

  /// A space ends an option and a backslash escapes (PostgreSQL manual, 34.1.2, `options`).
  static func escapedOption(_ value: String) -> String {
    var escaped = ""
    for character in value {
      if character == " " || character == "\\" { escaped.append("\\") }
      escaped.append(character)
    }
    return escaped
  }

  private func parsed() throws(PostgresError) -> [(keyword: String, value: String)] {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = unsafe PQconninfoParse(conninfo, &message) else {
      // libpq's own message may quote the string, and with it a password.
      unsafe PQfreemem(message)
      throw PostgresError(
        .configuration, "the connection string is malformed: write key=value pairs or a URL")
    }
    defer { unsafe PQconninfoFree(options) }
    var pairs: [(keyword: String, value: String)] = []
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        pairs.append((unsafe String(cString: keyword), unsafe String(cString: value)))
      }
      unsafe option += 1
    }
    return pairs
  }
}
