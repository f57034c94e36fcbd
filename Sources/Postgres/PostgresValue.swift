/// A parameter of a statement, sent in binary form with its type.
public enum PostgresValue: Sendable {
  /// Of whatever type the statement wants there.
  case null
  case bool(Bool)
  case int2(Int16)
  case int4(Int32)
  case int8(Int64)
  case float8(Double)
  /// Must not hold U+0000: the server refuses it.
  case text(String)
  case bytea([UInt8])
  case uuid(high: UInt64, low: UInt64)
  /// Since 1970; `Int64.max` is `infinity` and `Int64.min` is `-infinity`.
  case timestamptz(microseconds: Int64)
  /// Days since 1970.
  case date(days: Int32)
  /// An address of 4 or 16 bytes in network order.
  case inet([UInt8])
  case jsonb(String)
  case boolArray([Bool?])
  case int2Array([Int16?])
  case int4Array([Int32?])
  case int8Array([Int64?])
  case float8Array([Double?])
  case textArray([String?])
  case byteaArray([[UInt8]?])
  case uuidArray([(high: UInt64, low: UInt64)?])
  case timestamptzArray([Int64?])
  case inetArray([[UInt8]?])
  case jsonbArray([String?])
}

extension PostgresValue {
  /// `.text`, or `.null` for nil; the same for the others below.
  public static func optionalText(_ value: String?) -> Self { value.map { .text($0) } ?? .null }
  public static func optionalBool(_ value: Bool?) -> Self { value.map { .bool($0) } ?? .null }
  public static func optionalInt2(_ value: Int16?) -> Self { value.map { .int2($0) } ?? .null }
  public static func optionalInt4(_ value: Int32?) -> Self { value.map { .int4($0) } ?? .null }
  public static func optionalInt8(_ value: Int64?) -> Self { value.map { .int8($0) } ?? .null }
  public static func optionalFloat8(_ value: Double?) -> Self { value.map { .float8($0) } ?? .null }
  public static func optionalBytea(_ value: [UInt8]?) -> Self { value.map { .bytea($0) } ?? .null }
  public static func optionalInet(_ value: [UInt8]?) -> Self { value.map { .inet($0) } ?? .null }
  public static func optionalJSONB(_ value: String?) -> Self { value.map { .jsonb($0) } ?? .null }
  public static func optionalUUID(_ value: (high: UInt64, low: UInt64)?) -> Self {
    value.map { .uuid(high: $0.high, low: $0.low) } ?? .null
  }
  public static func optionalTimestamptz(microseconds: Int64?) -> Self {
    microseconds.map { .timestamptz(microseconds: $0) } ?? .null
  }
}
