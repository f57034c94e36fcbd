extension PostgresValue {
  /// The type that the server is told; 0 lets it choose.
  var oid: UInt32 {
    switch self {
    case .null: 0
    case .bool: PostgresType.bool
    case .int2: PostgresType.int2
    case .int4: PostgresType.int4
    case .int8: PostgresType.int8
    case .float8: PostgresType.float8
    case .text: PostgresType.text
    case .bytea: PostgresType.bytea
    case .uuid: PostgresType.uuid
    case .timestamptz: PostgresType.timestamptz
    case .date: PostgresType.date
    case .inet: PostgresType.inet
    case .jsonb: PostgresType.jsonb
    case .boolArray: PostgresType.boolArray
    case .int2Array: PostgresType.int2Array
    case .int4Array: PostgresType.int4Array
    case .int8Array: PostgresType.int8Array
    case .float8Array: PostgresType.float8Array
    case .textArray: PostgresType.textArray
    case .byteaArray: PostgresType.byteaArray
    case .uuidArray: PostgresType.uuidArray
    case .timestamptzArray: PostgresType.timestamptzArray
    case .inetArray: PostgresType.inetArray
    case .jsonbArray: PostgresType.jsonbArray
    }
  }

  var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// Appends the value in the type's binary form; nothing for null.
  func encode(into bytes: inout [UInt8]) {
    switch self {
    case .null: break
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .int2(let value): bytes.appendBigEndian(value)
    case .int4(let value): bytes.appendBigEndian(value)
    case .int8(let value): bytes.appendBigEndian(value)
    case .float8(let value): bytes.appendBigEndian(value.bitPattern)
    case .text(let value): bytes.appendBytes(value.utf8)
    case .bytea(let value): bytes.append(contentsOf: value)
    case .uuid(let high, let low): Self.encodeUUID((high, low), &bytes)
    case .timestamptz(let value): bytes.appendBigEndian(PostgresTime.wire(value))
    case .date(let days): bytes.appendBigEndian(days &- 10_957)
    case .inet(let value): Self.encodeInet(value, &bytes)
    case .jsonb(let value): Self.encodeJSONB(value, &bytes)
    case .boolArray(let array):
      Self.encode(array, PostgresType.bool, &bytes) { $1.append($0 ? 1 : 0) }
    case .int2Array(let array):
      Self.encode(array, PostgresType.int2, &bytes) { $1.appendBigEndian($0) }
    case .int4Array(let array):
      Self.encode(array, PostgresType.int4, &bytes) { $1.appendBigEndian($0) }
    case .int8Array(let array):
      Self.encode(array, PostgresType.int8, &bytes) { $1.appendBigEndian($0) }
    case .float8Array(let array):
      Self.encode(array, PostgresType.float8, &bytes) { $1.appendBigEndian($0.bitPattern) }
    case .textArray(let array):
      Self.encode(array, PostgresType.text, &bytes) { $1.appendBytes($0.utf8) }
    case .byteaArray(let array):
      Self.encode(array, PostgresType.bytea, &bytes) { $1.append(contentsOf: $0) }
    case .uuidArray(let array): Self.encode(array, PostgresType.uuid, &bytes, Self.encodeUUID)
    case .timestamptzArray(let array):
      Self.encode(array, PostgresType.timestamptz, &bytes) {
        $1.appendBigEndian(PostgresTime.wire($0))
      }
    case .inetArray(let array): Self.encode(array, PostgresType.inet, &bytes, Self.encodeInet)
    case .jsonbArray(let array): Self.encode(array, PostgresType.jsonb, &bytes, Self.encodeJSONB)
    }
  }

  static func encodeUUID(_ value: (high: UInt64, low: UInt64), _ bytes: inout [UInt8]) {
    bytes.appendBigEndian(value.high)
    bytes.appendBigEndian(value.low)
  }

  /// Family, bits of the mask, whether it is a cidr, count, address (`network.c`, `inet_recv`).
  static func encodeInet(_ address: [UInt8], _ bytes: inout [UInt8]) {
    precondition(address.count == 4 || address.count == 16, "an address has 4 or 16 bytes")
    bytes.append(address.count == 4 ? 2 : 3)
    bytes.append(UInt8(address.count * 8))
    bytes.append(0)
    bytes.append(UInt8(address.count))
    bytes.append(contentsOf: address)
  }

  /// A version byte, 1, and the text (`jsonb.c`, `jsonb_recv`).
  static func encodeJSONB(_ value: String, _ bytes: inout [UInt8]) {
    bytes.append(1)
    bytes.appendBytes(value.utf8)
  }

  /// One dimension from index 1 on (`arrayfuncs.c`, `array_recv`).
  private static func encode<Element>(
    _ array: [Element?], _ oid: UInt32, _ bytes: inout [UInt8],
    _ element: (Element, inout [UInt8]) -> Void
  ) {
    bytes.appendBigEndian(Int32(array.isEmpty ? 0 : 1))
    bytes.appendBigEndian(Int32(array.contains { $0 == nil } ? 1 : 0))
    bytes.appendBigEndian(oid)
    guard !array.isEmpty else { return }
    bytes.appendBigEndian(Int32(array.count))
    bytes.appendBigEndian(Int32(1))
    for value in array {
      guard let value else {
        bytes.appendBigEndian(Int32(-1))
        continue
      }
      let start = bytes.count
      bytes.appendBigEndian(Int32(0))
      element(value, &bytes)
      bytes.replaceBigEndian(at: start, with: Int32(bytes.count - start - 4))
    }
  }
}
