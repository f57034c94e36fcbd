/// Reads tokens as a query, by recursive descent:
///
///     any   := all ("or" all)*
///     all   := term (["and"] term)*
///     term  := ("not" | "-") term | "(" any ")" | name ":" value | word
///     value := "(" any ")" | word
///
/// Within the parentheses behind a name, words are values of its field and names are none.
struct QueryParser {
  private var lexer: QueryLexer
  private var token = QueryLexer.Token.end
  private var start = 0
  /// Of the parentheses behind a name.
  private var field: EventField?
  private var depth = 0
  private var terms = 0
  /// Where the first pattern stands that does not begin with a text.
  private(set) var openWildcard: Int?

  init(_ text: String) throws(EventQueryError) {
    guard text.utf8.count <= EventQueryLimits.bytes else {
      throw EventQueryError(
        1, "at most \(EventQueryLimits.bytes) bytes are expected, not \(text.utf8.count)")
    }
    lexer = QueryLexer(text)
    try advance()
  }

  mutating func parse() throws(EventQueryError) -> EventQuery {
    let query = try any()
    guard token == .end else { throw error("the end or a term is expected, not a )") }
    return query
  }

  private mutating func advance() throws(EventQueryError) {
    (token, start) = try lexer.next(field == nil ? .term : .value)
  }

  private func error(_ message: String) -> EventQueryError {
    lexer.error(start, message)
  }

  private var keyword: String? {
    if case .word(let word) = token { word.keyword } else { nil }
  }

  private mutating func any() throws(EventQueryError) -> EventQuery {
    var queries = [try all()]
    while keyword == "or" {
      try advance()
      queries.append(try all())
    }
    return queries.count == 1 ? queries[0] : .or(queries)
  }

  private mutating func all() throws(EventQueryError) -> EventQuery {
    var queries = [try term()]
    while token != .end, token != .close, keyword != "or" {
      if keyword == "and" { try advance() }
      queries.append(try term())
    }
    return queries.count == 1 ? queries[0] : .and(queries)
  }

  private mutating func term() throws(EventQueryError) -> EventQuery {
    switch token {
    case .end: throw error("a term is expected, such as user:root, \"text\" or (…)")
    case .close: throw error("a term is expected before the )")
    case .minus:
      return try negation()
    case .open:
      return try parentheses()
    case .name(let name):
      return try test(named: name)
    case .word(let word):
      switch word.keyword {
      case "not": return try negation()
      case .some(let keyword):
        throw error(
          "a term is expected before \(keyword); put \(keyword) in quotes to search for it")
      case nil: break
      }
      let query = if let field { try value(word, of: field) } else { try text(word) }
      try advance()
      return query
    }
  }

  private mutating func negation() throws(EventQueryError) -> EventQuery {
    try descend()
    defer { depth -= 1 }
    try advance()
    return .not(try term())
  }

  private mutating func parentheses() throws(EventQueryError) -> EventQuery {
    try descend()
    defer { depth -= 1 }
    try advance()
    let query = try any()
    try close()
    try advance()
    return query
  }

  private func close() throws(EventQueryError) {
    guard token == .close else { throw error("a closing ) is expected") }
  }

  private mutating func descend() throws(EventQueryError) {
    depth += 1
    guard depth <= EventQueryLimits.depth else {
      throw error("at most \(EventQueryLimits.depth) levels are expected")
    }
  }

  private mutating func test(named name: String) throws(EventQueryError) -> EventQuery {
    let isPresence = name == "has"
    let named = isPresence ? nil : try known(name)
    let nameStart = start
    (token, start) = try lexer.next(.adjacent)
    switch token {
    case .word(let word):
      let query: EventQuery
      if let named {
        query = try value(word, of: named)
      } else {
        guard !word.hasStar, let present = EventField(name: word.text) else {
          throw error("the name of a field is expected behind has:; \(EventQueryError.knownFields)")
        }
        try countTerm()
        query = .test(present, .present)
      }
      try advance()
      return query
    case .open:
      guard let named else {
        throw lexer.error(nameStart, "one name of a field is expected behind has:, as in has:user")
      }
      return try group(of: named)
    case .close, .minus, .name, .end: throw error("a value is expected")
    }
  }

  /// Values in parentheses behind a name.
  private mutating func group(of named: EventField) throws(EventQueryError) -> EventQuery {
    try descend()
    defer { depth -= 1 }
    field = named
    try advance()
    let query = try any()
    try close()
    field = nil
    try advance()
    return query
  }

  private func known(_ name: String) throws(EventQueryError) -> EventField {
    if let field = EventField(name: name) { return field }
    if name == "raw" || name.hasPrefix("raw.") {
      throw error(
        "raw records can't be searched, only their fields; test a rule over them instead; "
          + EventQueryError.knownFields)
    }
    throw error(
      "\(name.prefix(64)) is no field; \(EventQueryError.knownFields); "
        + "put text with a colon in quotes")
  }

  /// A word or phrase of the message.
  private mutating func text(_ word: QueryWord) throws(EventQueryError) -> EventQuery {
    guard !word.hasStar else {
      throw error(
        "no * is expected in a word, which is found anywhere in the message; "
          + "write message:a*b for a pattern, or put the * in quotes")
    }
    return try value(word, of: .message)
  }

  private mutating func value(
    _ word: QueryWord, of field: EventField
  ) throws(EventQueryError) -> EventQuery {
    try countTerm()
    do throws(EventValueError) {
      let test = try QueryValue.test(word, of: field)
      if case .matches(let pattern) = test, !pattern.isPrefix, openWildcard == nil {
        openWildcard = lexer.position(at: start)
      }
      return .test(field, test)
    } catch {
      throw self.error("\(field.rawValue) \(error.expectation)")
    }
  }

  private mutating func countTerm() throws(EventQueryError) {
    terms += 1
    guard terms <= EventQueryLimits.terms else {
      throw error("at most \(EventQueryLimits.terms) terms are expected")
    }
  }
}
