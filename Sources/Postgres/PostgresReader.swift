/// Reads the binary form of values from front to back; nil beyond the end.
@safe struct PostgresReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.bytes = bytes
  }

  var remaining: Int { unsafe bytes.count - position }
  var isAtEnd: Bool { remaining == 0 }

  mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
    let size = MemoryLayout<Integer>.size
    guard remaining >= size else { return nil }
    defer { position += size }
    return unsafe Integer(
      bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Integer.self))
  }

  mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, remaining >= count else { return nil }
    defer { position += count }
    return unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func rest() -> UnsafeRawBufferPointer {
    defer { unsafe position = bytes.count }
    return unsafe UnsafeRawBufferPointer(rebasing: bytes[position...])
  }

  mutating func bool() -> Bool? {
    integer(UInt8.self).map { $0 != 0 }
  }

  mutating func float8() -> Double? {
    integer(UInt64.self).map { Double(bitPattern: $0) }
  }

  mutating func text() -> String? {
    unsafe String(decoding: rest(), as: UTF8.self)
  }

  mutating func byteArray() -> [UInt8]? {
    unsafe [UInt8](rest())
  }

  mutating func uuid() -> (high: UInt64, low: UInt64)? {
    guard let high = integer(UInt64.self), let low = integer(UInt64.self) else { return nil }
    return (high, low)
  }

  mutating func timestamptz() -> Int64? {
    integer(Int64.self).flatMap(PostgresTime.microseconds)
  }

  /// The address; nil for a network, whose mask is shorter than the address.
  mutating func inet() -> [UInt8]? {
    guard let family = integer(UInt8.self), let mask = integer(UInt8.self),
      integer(UInt8.self) != nil, let count = integer(UInt8.self),
      family == 2 ? count == 4 : family == 3 && count == 16,
      Int(mask) == Int(count) * 8, let address = unsafe take(Int(count))
    else { return nil }
    return unsafe [UInt8](address)
  }

  mutating func jsonb() -> String? {
    guard integer(UInt8.self) == 1 else { return nil }
    return text()
  }

  mutating func jsonbBytes() -> [UInt8]? {
    guard integer(UInt8.self) == 1 else { return nil }
    return byteArray()
  }

  /// An array of one dimension at most.
  mutating func array<Element>(_ read: (inout PostgresReader) -> Element?) -> [Element?]? {
    guard let dimensions = integer(Int32.self), integer(Int32.self) != nil,
      integer(UInt32.self) != nil, dimensions == 0 || dimensions == 1
    else { return nil }
    guard dimensions == 1 else { return [] }
    guard let count = integer(Int32.self), integer(Int32.self) != nil, count >= 0 else {
      return nil
    }
    var elements: [Element?] = []
    elements.reserveCapacity(Swift.min(Int(count), remaining / 4))
    for _ in 0..<count {
      guard let length = integer(Int32.self) else { return nil }
      guard length >= 0 else {
        elements.append(nil)
        continue
      }
      guard let bytes = unsafe take(Int(length)) else { return nil }
      var reader = unsafe PostgresReader(bytes)
      guard let value = read(&reader), reader.isAtEnd else { return nil }
      elements.append(value)
    }
    return elements
  }
}
