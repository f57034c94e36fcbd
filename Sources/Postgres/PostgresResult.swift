import CLibPQ

/// A result of libpq, freed with its last row.
@safe final class PostgresResult {
  let pointer: OpaquePointer
  let statement: StaticString

  init(_ pointer: OpaquePointer, statement: StaticString) {
    unsafe self.pointer = pointer
    self.statement = statement
  }

  deinit { unsafe PQclear(pointer) }

  var rowCount: Int { Int(unsafe PQntuples(pointer)) }
  var columnCount: Int { Int(unsafe PQnfields(pointer)) }

  /// Rows changed, from the command's tag; 0 for a command that has none.
  var affectedRows: Int {
    guard let tag = unsafe PQcmdTuples(pointer) else { return 0 }
    return unsafe Int(String(cString: tag)) ?? 0
  }
}
