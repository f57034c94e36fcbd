/// A query as it was read from text.
public struct ParsedEventQuery: Sendable, Equatable {
  public let query: EventQuery
  /// The character, from 1, of the first pattern that does not begin with a text, such as `*.exe`: it
  /// makes a search read every event of its range.
  public let openWildcard: Int?

  /// Reads the language of `docs/query-language.md`.
  public init(_ text: String) throws(EventQueryError) {
    var parser = try QueryParser(text)
    query = try parser.parse()
    openWildcard = parser.openWildcard
  }
}
