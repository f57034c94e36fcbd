/// Collects the tables of a `LiteralIndex`.
struct LiteralIndexBuilder {
  /// One place to look a literal up by.
  struct Place {
    var key: UInt64
    /// Index among the literals.
    var literal: Int
    /// Where the place is, counted from the literal's start.
    var offset: Int
  }

  private(set) var bitmaps: [UInt64] = []
  private(set) var slots: [LiteralIndex.Slot] = []
  private(set) var entries: [LiteralIndex.Entry] = []
  private(set) var blob: [UInt8] = []
  private(set) var edges: [EdgeTable] = []
  private(set) var grams: [GramTable] = []

  /// Bits of the largest bitmap, as a power of two: it fits into a small first-level cache.
  private static let maximumBits: UInt64 = 18

  /// The tables of literals that are sought within values.
  mutating func tables(_ literals: [LiteralScanner.Literal]) -> LiteralTables? {
    guard !literals.isEmpty else { return nil }
    var tables = LiteralTables()
    tables.prefixes = edge(
      literals.filter { $0.anchor == .prefix || $0.anchor == .whole }, isAtEnd: false)
    tables.suffixes = edge(literals.filter { $0.anchor == .suffix }, isAtEnd: true)
    let anywhere = GramTable.tables(of: literals.filter { $0.anchor == .anywhere }, &self)
    tables.firstGrams = Int32(grams.count)
    grams += anywhere
    tables.endGrams = Int32(grams.count)
    return tables
  }

  /// The number of a new table, or -1.
  private mutating func edge(_ literals: [LiteralScanner.Literal], isAtEnd: Bool) -> Int32 {
    guard !literals.isEmpty else { return -1 }
    edges.append(EdgeTable(literals, isAtEnd: isAtEnd, &self))
    return Int32(edges.count - 1)
  }

  /// Adds a table of literals by the places where they are looked up.
  mutating func add(_ literals: [LiteralScanner.Literal], _ places: [Place]) -> LiteralTable {
    let sorted = places.sorted { ($0.key, $0.literal) < ($1.key, $1.literal) }
    var keys = 0
    for index in sorted.indices where index == 0 || sorted[index].key != sorted[index - 1].key {
      keys += 1
    }
    var bits: UInt64 = 9
    while bits < Self.maximumBits, 1 << Int(bits) < keys * 16 { bits += 1 }
    var slotBits: UInt64 = 2
    while 1 << Int(slotBits) < keys * 2 { slotBits += 1 }
    let table = LiteralTable(
      bitmap: UInt32(bitmaps.count), slots: UInt32(slots.count), bitmapShift: UInt8(64 - bits),
      slotShift: UInt8(64 - slotBits))
    bitmaps += repeatElement(0, count: 1 << Int(bits - 6))
    slots += repeatElement(
      LiteralIndex.Slot(key: 0, from: 0, to: 0), count: 1 << Int(slotBits))
    var starts: [Int32] = []
    starts.reserveCapacity(literals.count)
    for literal in literals {
      starts.append(Int32(blob.count))
      blob += literal.bytes
    }
    var index = 0
    while index < sorted.count {
      let key = sorted[index].key
      let from = Int32(entries.count)
      while index < sorted.count, sorted[index].key == key {
        let literal = literals[sorted[index].literal]
        entries.append(
          LiteralIndex.Entry(
            head: Self.head(of: literal.bytes), start: starts[sorted[index].literal],
            count: Int32(literal.bytes.count),
            offset: Int32(sorted[index].offset), predicate: literal.predicate,
            anchor: literal.anchor,
            mark: UInt8(literal.isExact ? TruthState.yes : TruthState.possible)))
        index += 1
      }
      put(LiteralIndex.Slot(key: key, from: from, to: Int32(entries.count)), in: table)
    }
    return table
  }

  private static func head(of bytes: [UInt8]) -> UInt64 {
    var head: UInt64 = 0
    for (index, byte) in bytes.prefix(8).enumerated() { head |= UInt64(byte) << UInt64(index * 8) }
    return head
  }

  private mutating func put(_ slot: LiteralIndex.Slot, in table: LiteralTable) {
    let hash = LiteralTable.hash(slot.key)
    let bit = table.bit(hash)
    bitmaps[bit >> 6] |= 1 << UInt64(bit & 63)
    var index = table.slot(hash)
    while slots[index].to > slots[index].from { index = table.slot(after: index) }
    slots[index] = slot
  }
}
