extension PostgresRow {
  public func optionalBool(_ column: Int) throws -> Bool? {
    try decode(column, "bool", { $0 == PostgresType.bool }, { $0.bool() })
  }

  public func bool(_ column: Int) throws -> Bool {
    try required(column, optionalBool(column))
  }

  public func optionalInt2(_ column: Int) throws -> Int16? {
    try decode(column, "int2", { $0 == PostgresType.int2 }, { $0.integer(Int16.self) })
  }

  public func int2(_ column: Int) throws -> Int16 {
    try required(column, optionalInt2(column))
  }

  public func optionalInt4(_ column: Int) throws -> Int32? {
    try decode(column, "int4", { $0 == PostgresType.int4 }, { $0.integer(Int32.self) })
  }

  public func int4(_ column: Int) throws -> Int32 {
    try required(column, optionalInt4(column))
  }

  public func optionalInt8(_ column: Int) throws -> Int64? {
    try decode(column, "int8", { $0 == PostgresType.int8 }, { $0.integer(Int64.self) })
  }

  public func int8(_ column: Int) throws -> Int64 {
    try required(column, optionalInt8(column))
  }

  /// Takes `float4`, too.
  public func optionalFloat8(_ column: Int) throws -> Double? {
    if type(column) == PostgresType.float4 {
      return try decode(
        column, "float8", { $0 == PostgresType.float4 },
        { $0.integer(UInt32.self).map { Double(Float(bitPattern: $0)) } })
    }
    return try decode(column, "float8", { $0 == PostgresType.float8 }, { $0.float8() })
  }

  public func float8(_ column: Int) throws -> Double {
    try required(column, optionalFloat8(column))
  }

  /// Takes `text`, `varchar`, `char(n)`, `name` and the text of `json` and `jsonb`.
  public func optionalText(_ column: Int) throws -> String? {
    if type(column) == PostgresType.jsonb {
      return try decode(column, "text", { $0 == PostgresType.jsonb }, { $0.jsonb() })
    }
    return try decode(column, "text", PostgresType.isText, { $0.text() })
  }

  public func text(_ column: Int) throws -> String {
    try required(column, optionalText(column))
  }

  public func optionalBytea(_ column: Int) throws -> [UInt8]? {
    try decode(column, "bytea", { $0 == PostgresType.bytea }, { $0.byteArray() })
  }

  public func bytea(_ column: Int) throws -> [UInt8] {
    try required(column, optionalBytea(column))
  }

  public func optionalUUID(_ column: Int) throws -> (high: UInt64, low: UInt64)? {
    try decode(column, "uuid", { $0 == PostgresType.uuid }, { $0.uuid() })
  }

  public func uuid(_ column: Int) throws -> (high: UInt64, low: UInt64) {
    try required(column, optionalUUID(column))
  }

  /// Microseconds since 1970; `Int64.max` is `infinity` and `Int64.min` is `-infinity`.
  public func optionalTimestamptz(_ column: Int) throws -> Int64? {
    try decode(column, "timestamptz", { $0 == PostgresType.timestamptz }, { $0.timestamptz() })
  }

  public func timestamptz(_ column: Int) throws -> Int64 {
    try required(column, optionalTimestamptz(column))
  }

  /// Days since 1970.
  public func optionalDate(_ column: Int) throws -> Int32? {
    try decode(
      column, "date", { $0 == PostgresType.date }, { $0.integer(Int32.self).map { $0 &+ 10_957 } })
  }

  public func date(_ column: Int) throws -> Int32 {
    try required(column, optionalDate(column))
  }

  /// An address of 4 or 16 bytes in network order; a network is an error.
  public func optionalInet(_ column: Int) throws -> [UInt8]? {
    try decode(column, "an inet address", { $0 == PostgresType.inet }, { $0.inet() })
  }

  public func inet(_ column: Int) throws -> [UInt8] {
    try required(column, optionalInet(column))
  }

  public func optionalJSONB(_ column: Int) throws -> String? {
    try decode(column, "jsonb", { $0 == PostgresType.jsonb }, { $0.jsonb() })
  }

  public func jsonb(_ column: Int) throws -> String {
    try required(column, optionalJSONB(column))
  }

  /// The JSON as UTF-8.
  public func jsonbBytes(_ column: Int) throws -> [UInt8] {
    try required(
      column, decode(column, "jsonb", { $0 == PostgresType.jsonb }, { $0.jsonbBytes() }))
  }

  /// Lends the bytes of a `bytea` or text column without a copy; nil for null.
  public func withBytes<R>(_ column: Int, _ body: (RawSpan) throws -> R) throws -> R? {
    let type = type(column)
    guard type == PostgresType.bytea || PostgresType.isText(type) else {
      throw error(column, "is of \(PostgresType.name(type)), not bytea or text")
    }
    guard let bytes = unsafe raw(column) else { return nil }
    return try unsafe body(bytes.bytes)
  }
}

extension PostgresType {
  /// Types whose binary form is their text.
  static func isText(_ oid: UInt32) -> Bool {
    switch oid {
    case text, varchar, bpchar, name, json, char, 705: true
    default: false
    }
  }
}
