/// Encodes rows for `COPY … BINARY` into one reused buffer; needs no connection.
///
/// Call `beginRow` and then one method for each column, in the order of the COPY's columns and of
/// exactly their types: the server does not convert. One bad row fails a whole COPY, so check ranges
/// and text (UTF-8, no U+0000) before.
public struct PostgresRowEncoder: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// Rows begun.
  public private(set) var rows = 0
  /// Columns that the row begun last still lacks.
  private(set) var missingColumns = 0

  public init() {}

  /// Keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows = 0
    missingColumns = 0
  }

  public mutating func reserveCapacity(_ count: Int) {
    bytes.reserveCapacity(count)
  }

  public mutating func beginRow(columns: Int) {
    precondition(missingColumns == 0, "the row before lacks \(missingColumns) columns")
    bytes.appendBigEndian(Int16(columns))
    missingColumns = columns
    rows += 1
  }

  private mutating func beginColumn(length: Int) {
    precondition(missingColumns > 0, "the row has all its columns")
    missingColumns -= 1
    bytes.appendBigEndian(Int32(length))
  }

  public mutating func null() {
    beginColumn(length: -1)
  }

  public mutating func bool(_ value: Bool) {
    beginColumn(length: 1)
    bytes.append(value ? 1 : 0)
  }

  public mutating func int2(_ value: Int16) {
    beginColumn(length: 2)
    bytes.appendBigEndian(value)
  }

  public mutating func int4(_ value: Int32) {
    beginColumn(length: 4)
    bytes.appendBigEndian(value)
  }

  public mutating func int8(_ value: Int64) {
    beginColumn(length: 8)
    bytes.appendBigEndian(value)
  }

  public mutating func float8(_ value: Double) {
    beginColumn(length: 8)
    bytes.appendBigEndian(value.bitPattern)
  }

  public mutating func text(_ value: String) {
    text(utf8: value.utf8)
  }

  /// The bytes must be UTF-8 without NUL.
  public mutating func text(utf8 value: some Collection<UInt8>) {
    beginColumn(length: value.count)
    bytes.appendBytes(value)
  }

  public mutating func bytea(_ value: some Collection<UInt8>) {
    beginColumn(length: value.count)
    bytes.appendBytes(value)
  }

  public mutating func uuid(high: UInt64, low: UInt64) {
    beginColumn(length: 16)
    bytes.appendBigEndian(high)
    bytes.appendBigEndian(low)
  }

  /// Since 1970; `Int64.max` is `infinity` and `Int64.min` is `-infinity`.
  public mutating func timestamptz(microseconds: Int64) {
    beginColumn(length: 8)
    bytes.appendBigEndian(PostgresTime.wire(microseconds))
  }

  /// An address of 4 or 16 bytes in network order.
  public mutating func inet(_ address: [UInt8]) {
    beginColumn(length: address.count + 4)
    PostgresValue.encodeInet(address, &bytes)
  }

  public mutating func inet(v4 address: UInt32) {
    beginColumn(length: 8)
    bytes.appendBigEndian(0x0220_0004 as UInt32)
    bytes.appendBigEndian(address)
  }

  public mutating func inet(v6 address: UInt128) {
    beginColumn(length: 20)
    bytes.appendBigEndian(0x0380_0010 as UInt32)
    bytes.appendBigEndian(address)
  }

  public mutating func jsonb(_ value: String) {
    jsonb(utf8: value.utf8)
  }

  /// The bytes must be UTF-8 JSON without the escape `\u0000`.
  public mutating func jsonb(utf8 value: some Collection<UInt8>) {
    beginColumn(length: value.count + 1)
    bytes.append(1)
    bytes.appendBytes(value)
  }

  /// Any parameter value, such as an array.
  public mutating func value(_ value: PostgresValue) {
    guard !value.isNull else { return null() }
    let start = bytes.count
    beginColumn(length: 0)
    value.encode(into: &bytes)
    bytes.replaceBigEndian(at: start, with: Int32(bytes.count - start - 4))
  }
}
