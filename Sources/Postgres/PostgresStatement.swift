/// A statement with the name of the question that it answers.
///
/// It is prepared once per connection, on first use. Keep it in a static constant where the SQL is
/// constant. Values go into parameters (`$1`), never into the text: names and texts are shown to
/// observers and may be logged.
public struct PostgresStatement: Sendable {
  /// Names the question: `incidents.list`.
  public let name: StaticString
  public let sql: String
  let hash: Int

  public init(_ name: StaticString, _ sql: String) {
    self.name = name
    self.sql = sql
    hash = sql.hashValue
  }
}
