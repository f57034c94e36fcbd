internal import Core
internal import EventSearch
internal import Postgres

extension EventQuery {
  /// The query as a condition on a row of `events`.
  func sql(_ parameters: inout SQLParameters) -> String {
    switch self {
    case .test(let field, let test): return test.sql(field.column, &parameters)
    // A value that is absent makes a test null, and its negation hold.
    case .not(let query): return "(\(query.sql(&parameters))) is not true"
    case .and(let queries):
      return queries.map { "(\($0.sql(&parameters)))" }.joined(separator: " and ")
    case .or(let queries):
      if let list = Self.list(queries, &parameters) { return list }
      return queries.map { "(\($0.sql(&parameters)))" }.joined(separator: " or ")
    }
  }

  /// Several values of one field as one condition, which an index can find.
  private static func list(
    _ queries: [EventQuery], _ parameters: inout SQLParameters
  ) -> String? {
    guard case .test(let field, _)? = queries.first else { return nil }
    var texts: [String] = []
    var numbers: [Int32] = []
    for query in queries {
      guard case .test(field, let test) = query else { return nil }
      switch test {
      case .equals(let text): texts.append(text)
      case .within(let range) where range.count == 1: numbers.append(range.lowerBound)
      default: return nil
      }
    }
    if texts.count == queries.count {
      return "\(field.column) collate \"C\" = any(\(parameters.bind(.textArray(texts))))"
    }
    if numbers.count == queries.count {
      let array: PostgresValue =
        field == .severity ? .int2Array(numbers.map { Int16($0) }) : .int4Array(numbers)
      return "\(field.column) = any(\(parameters.bind(array)))"
    }
    return nil
  }
}

extension EventField {
  /// The column of `events`.
  var column: String { self == .user ? "\"user\"" : rawValue }
}

extension EventTest {
  fileprivate func sql(_ column: String, _ parameters: inout SQLParameters) -> String {
    switch self {
    case .present: return "\(column) is not null"
    // Equality is the same under every collation; the indexes of texts are of this one.
    case .equals(let text): return "\(column) collate \"C\" = \(parameters.bind(.text(text)))"
    case .contains(let text):
      return Self.like(column, "%" + Self.escaped(text) + "%", &parameters)
    case .matches(let pattern):
      return Self.like(
        column, pattern.pieces.map(Self.escaped).joined(separator: "%"), &parameters)
    case .within(let range):
      if range.count == 1 { return "\(column) = \(parameters.bind(column, range.lowerBound))" }
      return "\(column) >= \(parameters.bind(column, range.lowerBound))"
        + " and \(column) <= \(parameters.bind(column, range.upperBound))"
    case .address(let address): return "\(column) = \(parameters.bind(.inet(address.bytes)))"
    case .network(let network):
      // Addresses are whole, so their order is that of numbers. Unlike `<<=`, these are leakproof and
      // find the index under row-level security.
      return "\(column) >= \(parameters.bind(.inet(network.first.bytes)))"
        + " and \(column) <= \(parameters.bind(.inet(network.last.bytes)))"
    case .during(let range):
      return "\(column) >= \(parameters.bind(range.lowerBound))"
        + " and \(column) <= \(parameters.bind(range.upperBound))"
    case .identifier(let id):
      return "\(column) = \(parameters.bind(.uuid(high: id.high, low: id.low)))"
    }
  }

  /// The message is compared without regard to the case of ASCII letters, everything else as it is.
  private static func like(
    _ column: String, _ pattern: String, _ parameters: inout SQLParameters
  ) -> String {
    let value = parameters.bind(.text(pattern))
    return column == EventField.message.column
      ? "\(column) collate \"C\" ilike \(value)" : "\(column) like \(value)"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "%" || scalar == "_" || scalar == "\\" { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}

extension SQLParameters {
  /// A number of the column's type.
  fileprivate mutating func bind(_ column: String, _ number: Int32) -> String {
    column == EventField.severity.column ? bind(.int2(Int16(number))) : bind(.int4(number))
  }
}
