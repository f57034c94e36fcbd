import CLibPQ

/// One row of a result. Columns count from 0.
///
/// Each accessor wants a column of its own type and throws a `decoding` error for another type and
/// for null; the `optional…` twins answer nil for null. Cast in SQL (`count(*)::int4`) rather than
/// here. A row holds on to its whole result: take the values out, don't keep it.
public struct PostgresRow {
  let result: PostgresResult
  let index: Int32

  public var columnCount: Int { result.columnCount }

  public func isNull(_ column: Int) -> Bool {
    unsafe PQgetisnull(result.pointer, index, Int32(column)) != 0
  }

  /// The column's name, for messages and generic output.
  public func columnName(_ column: Int) -> String {
    unsafe PQfname(result.pointer, Int32(column)).map { unsafe String(cString: $0) } ?? ""
  }

  /// The bytes as the server sent them; nil for null.
  func raw(_ column: Int) -> UnsafeRawBufferPointer? {
    guard !isNull(column), let start = unsafe PQgetvalue(result.pointer, index, Int32(column))
    else { return nil }
    return unsafe UnsafeRawBufferPointer(
      start: start, count: Int(PQgetlength(result.pointer, index, Int32(column))))
  }

  func type(_ column: Int) -> UInt32 {
    unsafe PQftype(result.pointer, Int32(column))
  }

  /// Decodes a column of one of the types; nil for null.
  func decode<Value>(
    _ column: Int, _ wanted: String, _ isWanted: (UInt32) -> Bool,
    _ read: (inout PostgresReader) -> Value?
  ) throws -> Value? {
    let type = type(column)
    guard isWanted(type) else {
      throw error(column, "is of \(PostgresType.name(type)), not \(wanted)")
    }
    guard let bytes = unsafe raw(column) else { return nil }
    var reader = unsafe PostgresReader(bytes)
    guard let value = read(&reader), reader.isAtEnd else {
      throw error(column, "holds a value that \(wanted) cannot")
    }
    return value
  }

  func required<Value>(_ column: Int, _ value: Value?) throws -> Value {
    guard let value else {
      throw error(column, "is null: ask for the optional value")
    }
    return value
  }

  func error(_ column: Int, _ problem: String) -> PostgresError {
    guard (0..<columnCount).contains(column) else {
      return PostgresError(
        .decoding, "the row has \(columnCount) columns, none with index \(column)",
        statement: result.statement.description)
    }
    return PostgresError(
      .decoding, "column \(column) (\(columnName(column))) \(problem)",
      statement: result.statement.description)
  }
}
