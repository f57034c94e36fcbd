/// Texts and what is known of each, found by a whole text at once.
struct BytesTable: Sendable {
  private struct Slot {
    var hash: UInt64
    var start: Int32
    var count: Int32
    /// -1 is an empty slot.
    var value: Int32
  }

  private var slots: [Slot]
  private var blob: [UInt8] = []
  private let shift: UInt64
  /// Bit n: a text of n bytes occurs; bit 63: one of 63 or more.
  private var lengths: UInt64 = 0

  /// - Parameter texts: distinct; the value of each is not negative.
  init(_ texts: [(bytes: [UInt8], value: Int32)]) {
    var bits: UInt64 = 2
    while 1 << bits < texts.count * 2 { bits += 1 }
    shift = 64 - bits
    slots = Array(
      repeating: Slot(hash: 0, start: 0, count: 0, value: -1), count: 1 << Int(bits))
    for (bytes, value) in texts {
      let hash = unsafe ByteHash.hash(bytes.span.bytes, 0, bytes.count)
      var index = Int(hash >> shift)
      while slots[index].value >= 0 { index = (index + 1) & (slots.count - 1) }
      slots[index] = Slot(
        hash: hash, start: Int32(blob.count), count: Int32(bytes.count), value: value)
      blob += bytes
      lengths |= 1 << UInt64(min(bytes.count, 63))
    }
  }

  /// The value of the text, or -1.
  @inline(__always)
  func value(_ bytes: RawSpan, _ start: Int, _ count: Int) -> Int32 {
    guard lengths >> UInt64(min(count, 63)) & 1 == 1 else { return -1 }
    let hash = ByteHash.hash(bytes, start, count)
    var index = Int(hash >> shift)
    let slots = self.slots.span
    while slots[index].value >= 0 {
      let slot = slots[index]
      if slot.hash == hash, Int(slot.count) == count,
        ByteHash.equal(blob, Int(slot.start), bytes, start, count)
      {
        return slot.value
      }
      index = (index + 1) & (slots.count - 1)
    }
    return -1
  }
}
