/// Literals by keys that a place in a text has: a hash table in the arrays of a `LiteralIndex`, with a
/// bitmap before it that turns nearly every other key away. Every hit is compared in full, so keys need
/// not be distinct.
///
/// Small, because it is copied wherever it is used.
struct LiteralTable: Sendable {
  /// The first of its words in `bitmaps`.
  var bitmap: UInt32
  /// The first of its slots.
  var slots: UInt32
  /// A hash shifted by it is the number of a bit.
  var bitmapShift: UInt8
  var slotShift: UInt8

  @inline(__always)
  static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

  /// The number of the hash's bit in `bitmaps`.
  @inline(__always)
  func bit(_ hash: UInt64) -> Int {
    Int(bitmap) << 6 + Int(truncatingIfNeeded: hash &>> UInt64(bitmapShift))
  }

  /// Where in `slots` the search for the hash begins.
  @inline(__always)
  func slot(_ hash: UInt64) -> Int {
    Int(slots) + Int(truncatingIfNeeded: hash &>> UInt64(slotShift))
  }

  /// The slot behind one, the first behind the last.
  @inline(__always)
  func slot(after slot: Int) -> Int {
    let mask = 1 << (64 - Int(slotShift)) - 1
    return Int(slots) + ((slot - Int(slots) + 1) & mask)
  }
}

/// What is sought in the values of one field: numbers of tables in the index.
struct LiteralTables: Sendable {
  /// -1 is none.
  var prefixes: Int32 = -1
  var suffixes: Int32 = -1
  var firstGrams: Int32 = 0
  var endGrams: Int32 = 0
}
