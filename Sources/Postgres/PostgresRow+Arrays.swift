extension PostgresRow {
  private func array<Element>(
    _ column: Int, _ wanted: String, _ types: [UInt32],
    _ read: (inout PostgresReader) -> Element?
  ) throws -> [Element?]? {
    try decode(column, wanted, types.contains) { $0.array(read) }
  }

  public func optionalBoolArray(_ column: Int) throws -> [Bool?]? {
    try array(column, "bool[]", [PostgresType.boolArray]) { $0.bool() }
  }

  public func boolArray(_ column: Int) throws -> [Bool?] {
    try required(column, optionalBoolArray(column))
  }

  public func optionalInt2Array(_ column: Int) throws -> [Int16?]? {
    try array(column, "int2[]", [PostgresType.int2Array]) { $0.integer(Int16.self) }
  }

  public func int2Array(_ column: Int) throws -> [Int16?] {
    try required(column, optionalInt2Array(column))
  }

  public func optionalInt4Array(_ column: Int) throws -> [Int32?]? {
    try array(column, "int4[]", [PostgresType.int4Array]) { $0.integer(Int32.self) }
  }

  public func int4Array(_ column: Int) throws -> [Int32?] {
    try required(column, optionalInt4Array(column))
  }

  public func optionalInt8Array(_ column: Int) throws -> [Int64?]? {
    try array(column, "int8[]", [PostgresType.int8Array]) { $0.integer(Int64.self) }
  }

  public func int8Array(_ column: Int) throws -> [Int64?] {
    try required(column, optionalInt8Array(column))
  }

  public func optionalFloat8Array(_ column: Int) throws -> [Double?]? {
    try array(column, "float8[]", [PostgresType.float8Array]) { $0.float8() }
  }

  public func float8Array(_ column: Int) throws -> [Double?] {
    try required(column, optionalFloat8Array(column))
  }

  public func optionalTextArray(_ column: Int) throws -> [String?]? {
    try array(
      column, "text[]",
      [PostgresType.textArray, PostgresType.varcharArray, PostgresType.nameArray]
    ) { $0.text() }
  }

  public func textArray(_ column: Int) throws -> [String?] {
    try required(column, optionalTextArray(column))
  }

  public func optionalByteaArray(_ column: Int) throws -> [[UInt8]?]? {
    try array(column, "bytea[]", [PostgresType.byteaArray]) { $0.byteArray() }
  }

  public func byteaArray(_ column: Int) throws -> [[UInt8]?] {
    try required(column, optionalByteaArray(column))
  }

  public func optionalUUIDArray(_ column: Int) throws -> [(high: UInt64, low: UInt64)?]? {
    try array(column, "uuid[]", [PostgresType.uuidArray]) { $0.uuid() }
  }

  public func uuidArray(_ column: Int) throws -> [(high: UInt64, low: UInt64)?] {
    try required(column, optionalUUIDArray(column))
  }

  public func optionalTimestamptzArray(_ column: Int) throws -> [Int64?]? {
    try array(column, "timestamptz[]", [PostgresType.timestamptzArray]) { $0.timestamptz() }
  }

  public func timestamptzArray(_ column: Int) throws -> [Int64?] {
    try required(column, optionalTimestamptzArray(column))
  }

  public func optionalInetArray(_ column: Int) throws -> [[UInt8]?]? {
    try array(column, "inet[]", [PostgresType.inetArray]) { $0.inet() }
  }

  public func inetArray(_ column: Int) throws -> [[UInt8]?] {
    try required(column, optionalInetArray(column))
  }

  public func optionalJSONBArray(_ column: Int) throws -> [String?]? {
    try array(column, "jsonb[]", [PostgresType.jsonbArray]) { $0.jsonb() }
  }

  public func jsonbArray(_ column: Int) throws -> [String?] {
    try required(column, optionalJSONBArray(column))
  }
}
