/// A set of byte values.
struct ByteSet: Hashable, Sendable {
  private var low: UInt128 = 0
  private var high: UInt128 = 0

  init() {}

  init(_ range: ClosedRange<UInt8>) {
    insert(range)
  }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range {
      if byte < 128 { low |= 1 << UInt128(byte) } else { high |= 1 << UInt128(byte - 128) }
    }
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 128 ? low >> UInt128(byte) & 1 == 1 : high >> UInt128(byte - 128) & 1 == 1
  }

  var isEmpty: Bool { low == 0 && high == 0 }
}
