extension [UInt8] {
  mutating func appendBigEndian<Integer: FixedWidthInteger>(_ value: Integer) {
    unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
  }

  mutating func replaceBigEndian(at position: Int, with value: Int32) {
    let bits = UInt32(bitPattern: value)
    for offset in 0..<4 {
      self[position + offset] = UInt8(truncatingIfNeeded: bits >> UInt32(24 - offset * 8))
    }
  }

  /// Appends in one copy where the collection is contiguous.
  mutating func appendBytes(_ bytes: some Collection<UInt8>) {
    let isDone: Void? = bytes.withContiguousStorageIfAvailable {
      unsafe append(contentsOf: $0)
    }
    if isDone == nil { append(contentsOf: bytes) }
  }
}
