import Postgres
import Testing

/// What the closure threw, if it was a `PostgresError`.
///
/// `#expect(throws:)` takes its closure out of the connection's isolation; this doesn't.
func failure<R>(_ body: () throws -> R) -> PostgresError? {
  thrown(body) as? PostgresError
}

func thrown<R>(_ body: () throws -> R) -> (any Error)? {
  do {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

/// `#expect(a == b)` for operands that throw or are isolated to the connection, within closures.
func expectEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}
