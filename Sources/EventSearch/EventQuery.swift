public import Core

/// What is asked of an event: tests of its fields, joined.
///
/// A test of a field that the event does not have fails, and its negation holds. The text form is that
/// of `docs/query-language.md`.
public indirect enum EventQuery: Sendable, Hashable {
  case test(EventField, EventTest)
  case not(EventQuery)
  /// Two or more.
  case and([EventQuery])
  /// Two or more.
  case or([EventQuery])

  /// All of the queries; nil for none.
  public static func all(_ queries: [EventQuery]) -> EventQuery? {
    queries.count > 1 ? .and(queries) : queries.first
  }

  /// Any of the queries; nil for none.
  public static func any(_ queries: [EventQuery]) -> EventQuery? {
    queries.count > 1 ? .or(queries) : queries.first
  }

  /// Every test in it.
  public var tests: [(field: EventField, test: EventTest)] {
    switch self {
    case .test(let field, let test): [(field, test)]
    case .not(let query): query.tests
    case .and(let queries), .or(let queries): queries.flatMap(\.tests)
    }
  }

  /// What must hold all together: the parts of the outermost `and`, or the query itself.
  public var conjuncts: [EventQuery] {
    if case .and(let queries) = self { queries.flatMap(\.conjuncts) } else { [self] }
  }
}

/// A test of one field's value.
public enum EventTest: Sendable, Hashable {
  /// There is a value.
  case present
  /// A text that is this one, to the byte.
  case equals(String)
  /// A text of this form: to the byte, but for the message, where the case of ASCII letters is ignored.
  case matches(TextPattern)
  /// A message that holds this text somewhere; the case of ASCII letters is ignored.
  case contains(String)
  /// A number of a range.
  case within(ClosedRange<Int32>)
  case address(IPAddress)
  /// Bits behind the prefix are zero.
  case network(CIDRBlock)
  /// A time of a range.
  case during(ClosedRange<Timestamp>)
  case identifier(EventID)
}

/// Pieces of a text with anything between them: `a*b` is `["a", "b"]`, `a*` is `["a", ""]`.
public struct TextPattern: Sendable, Hashable {
  /// Two or more. Only the first and the last may be empty, and not both of two.
  public let pieces: [String]

  /// Nil where there is no star between the pieces, or nothing but stars.
  public init?(pieces: [String]) {
    guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return nil }
    let inner = pieces.dropFirst().dropLast().filter { !$0.isEmpty }
    guard !inner.isEmpty || !first.isEmpty || !last.isEmpty else { return nil }
    self.pieces = [first] + inner + [last]
  }

  /// Whether it is `text*`, which an index can find and any range may ask for.
  public var isPrefix: Bool { pieces.count == 2 && pieces[1].isEmpty }
}
