/// The literals of all fields of a plan: tables of them in shared arrays, so that reaching one costs
/// neither a copy nor a count.
final class LiteralIndex: Sendable {
  struct Entry: Sendable {
    /// The literal's first eight bytes, or all with zeros behind them: enough to turn most away.
    var head: UInt64
    /// Of the literal in `blob`.
    var start: Int32
    var count: Int32
    /// Where the key's place is, counted from the literal's start.
    var offset: Int32
    var predicate: Int32
    var anchor: LiteralAnchor
    var mark: UInt8
  }

  struct Slot: Sendable {
    var key: UInt64
    /// The key's entries; an empty slot has none.
    var from: Int32
    var to: Int32
  }

  private let bitmaps: [UInt64]
  private let slots: [Slot]
  private let entries: [Entry]
  private let blob: [UInt8]
  private let edges: [EdgeTable]
  private let grams: [GramTable]

  init(_ builder: LiteralIndexBuilder) {
    bitmaps = builder.bitmaps
    slots = builder.slots
    entries = builder.entries
    blob = builder.blob
    edges = builder.edges
    grams = builder.grams
  }

  /// Notes what stands in the value, whose bytes are folded and have eight more behind them.
  @inline(__always)
  func scan(
    _ tables: LiteralTables, _ text: RawSpan, _ start: Int, _ end: Int, plan: MatchPlan,
    truth: inout TruthState
  ) {
    if tables.prefixes >= 0 {
      edges[Int(tables.prefixes)].look(in: self, text, start, end, plan: plan, truth: &truth)
    }
    if tables.suffixes >= 0 {
      edges[Int(tables.suffixes)].look(in: self, text, start, end, plan: plan, truth: &truth)
    }
    var number = tables.firstGrams
    while number < tables.endGrams {
      scan(grams[Int(number)], text, start, end, plan: plan, truth: &truth)
      number += 1
    }
  }

  private func scan(
    _ grams: GramTable, _ text: RawSpan, _ start: Int, _ end: Int, plan: MatchPlan,
    truth: inout TruthState
  ) {
    let last = end - Int(grams.width)
    let stride = Int(grams.stride)
    var position = start
    while position <= last {
      let key = grams.key(text, position)
      let hash = LiteralTable.hash(key)
      if mayHold(grams.table, hash) {
        verify(grams.table, key, hash, text, position, start, end, plan: plan, truth: &truth)
      }
      position += stride
    }
  }

  /// The bytes of a word that belong to a literal of so many bytes.
  @inline(__always)
  private static func headMask(_ count: Int32) -> UInt64 {
    count >= 8 ? .max : 1 &<< (UInt64(count) &* 8) &- 1
  }

  /// Looks the key up and compares the literals that have it at `position`.
  @inline(__always)
  func look(
    _ key: UInt64, in table: LiteralTable, _ text: RawSpan, _ position: Int, _ start: Int,
    _ end: Int, plan: MatchPlan, truth: inout TruthState
  ) {
    let hash = LiteralTable.hash(key)
    guard mayHold(table, hash) else { return }
    verify(table, key, hash, text, position, start, end, plan: plan, truth: &truth)
  }

  @inline(__always)
  private func mayHold(_ table: LiteralTable, _ hash: UInt64) -> Bool {
    let bit = table.bit(hash)
    return bitmaps[bit >> 6] &>> UInt64(bit & 63) & 1 != 0
  }

  /// Compares the literals that have the key at `position`.
  @inline(never)
  private func verify(
    _ table: LiteralTable, _ key: UInt64, _ hash: UInt64, _ text: RawSpan, _ position: Int,
    _ start: Int, _ end: Int, plan: MatchPlan, truth: inout TruthState
  ) {
    var index = table.slot(hash)
    while true {
      let slot = slots[index]
      if slot.from == slot.to { return }
      if slot.key == key {
        for number in Int(slot.from)..<Int(slot.to) {
          let entry = entries[number]
          let from = position - Int(entry.offset)
          let to = from + Int(entry.count)
          guard from >= start, to <= end, entry.anchor.allows(from == start, to == end) else {
            continue
          }
          let head = unsafe text.unsafeLoadUnaligned(fromByteOffset: from, as: UInt64.self)
          guard (head ^ entry.head) & Self.headMask(entry.count) == 0 else { continue }
          let mark = UInt32(entry.mark)
          let known = truth.mark(of: entry.predicate)
          if known == TruthState.yes || known == mark { continue }
          guard
            entry.count <= 8
              || ByteHash.equal(blob, Int(entry.start), text, from, Int(entry.count))
          else { continue }
          plan.found(entry.predicate, mark, truth: &truth)
        }
        return
      }
      index = table.slot(after: index)
    }
  }
}

extension LiteralAnchor {
  @inline(__always)
  fileprivate func allows(_ isAtStart: Bool, _ isAtEnd: Bool) -> Bool {
    switch self {
    case .anywhere: true
    case .prefix: isAtStart
    case .suffix: isAtEnd
    case .whole: isAtStart && isAtEnd
    }
  }
}
