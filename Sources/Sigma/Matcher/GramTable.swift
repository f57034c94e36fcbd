/// Literals by one of their grams.
final class GramTable: Sendable {
  private struct Entry {
    /// Of the literal in `blob`.
    var start: Int32
    var count: Int32
    /// Where in the literal the gram stands.
    var gramOffset: Int32
    var predicate: Int32
    var anchor: LiteralAnchor
    var mark: UInt8

    init(_ literal: LiteralScanner.Literal, start: Int32, gramOffset: Int32) {
      self.start = start
      count = Int32(literal.bytes.count)
      self.gramOffset = gramOffset
      predicate = literal.predicate
      anchor = literal.anchor
      mark = UInt8(literal.isExact ? TruthState.yes : TruthState.possible)
    }
  }

  private struct Slot {
    var gram: UInt32
    /// The gram's entries; an empty slot has none.
    var from: Int32
    var to: Int32
  }

  private let bitmap: [UInt64]
  private let bitmapShift: UInt32
  private let slots: [Slot]
  private let slotShift: UInt32
  private let entries: [Entry]
  private let blob: [UInt8]

  private static let multiplier: UInt32 = 0x9E37_79B1

  /// - Parameter width: 4, or 2 for literals of two or three bytes.
  init(_ literals: [LiteralScanner.Literal], width: Int) {
    var byGram: [UInt32: [(literal: Int, offset: Int)]] = [:]
    for (index, literal) in literals.enumerated() {
      let offset = Self.rarestGram(literal.bytes, width: width) { byGram[$0]?.count ?? 0 }
      byGram[Self.gram(literal.bytes, at: offset, width: width), default: []]
        .append((index, offset))
    }
    var bits: UInt32 = 9
    while bits < 18, 1 << Int(bits) < byGram.count * 16 { bits += 1 }
    var slotBits: UInt32 = 2
    while 1 << Int(slotBits) < byGram.count * 2 { slotBits += 1 }
    bitmapShift = 32 - bits
    slotShift = 32 - slotBits
    var bitmap = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    var slots = [Slot](repeating: Slot(gram: 0, from: 0, to: 0), count: 1 << Int(slotBits))
    var entries: [Entry] = []
    var blob: [UInt8] = []
    for (gram, places) in byGram.sorted(by: { $0.key < $1.key }) {
      let from = Int32(entries.count)
      for (index, offset) in places {
        entries.append(Entry(literals[index], start: Int32(blob.count), gramOffset: Int32(offset)))
        blob += literals[index].bytes
      }
      let hash = gram &* Self.multiplier
      let bit = Int(hash >> bitmapShift)
      bitmap[bit >> 6] |= 1 << UInt64(bit & 63)
      var index = Int(hash >> slotShift)
      while slots[index].to > slots[index].from { index = (index + 1) & (slots.count - 1) }
      slots[index] = Slot(gram: gram, from: from, to: Int32(entries.count))
    }
    self.bitmap = bitmap
    self.slots = slots
    self.entries = entries
    self.blob = blob
  }

  private static func gram(_ bytes: [UInt8], at offset: Int, width: Int) -> UInt32 {
    width == 4
      ? CommonText.gram(bytes, at: offset)
      : UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8
  }

  private static func rarestGram(
    _ bytes: [UInt8], width: Int, _ occupancy: (UInt32) -> Int
  ) -> Int {
    var best = 0
    var bestCost = Int.max
    for offset in 0...bytes.count - width {
      let gram = gram(bytes, at: offset, width: width)
      var cost = min(occupancy(gram), 64)
      if width == 4 {
        if CommonText.isCommon(gram: gram) { cost += 1000 }
        let characters = Set(bytes[offset..<offset + 4])
        if characters.count == 1 { cost += 500 }
        if characters.allSatisfy({ (0x30...0x39).contains($0) }) { cost += 40 }
      }
      if cost < bestCost {
        best = offset
        bestCost = cost
      }
    }
    return best
  }

  @inline(__always)
  func scan4(
    _ text: RawSpan, _ start: Int, _ count: Int, plan: MatchPlan, truth: inout TruthState
  ) {
    guard count >= 4 else { return }
    let words = self.bitmap
    let bitmap = words.span
    let end = start + count
    var position = start
    while position + 4 <= end {
      let gram = unsafe text.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
      let hash = gram &* Self.multiplier
      let bit = Int(hash >> bitmapShift)
      if bitmap[bit >> 6] >> UInt64(bit & 63) & 1 != 0 {
        verify(gram, hash, text, position, start, end, plan: plan, truth: &truth)
      }
      position += 1
    }
  }

  @inline(__always)
  func scan2(
    _ text: RawSpan, _ start: Int, _ count: Int, plan: MatchPlan, truth: inout TruthState
  ) {
    guard count >= 2 else { return }
    let words = self.bitmap
    let bitmap = words.span
    let end = start + count
    var position = start
    while position + 2 <= end {
      let gram = UInt32(
        unsafe text.unsafeLoadUnaligned(fromByteOffset: position, as: UInt16.self))
      let hash = gram &* Self.multiplier
      let bit = Int(hash >> bitmapShift)
      if bitmap[bit >> 6] >> UInt64(bit & 63) & 1 != 0 {
        verify(gram, hash, text, position, start, end, plan: plan, truth: &truth)
      }
      position += 1
    }
  }

  /// Compares the literals whose gram stands at `position`.
  @inline(never)
  private func verify(
    _ gram: UInt32, _ hash: UInt32, _ text: RawSpan, _ position: Int, _ start: Int, _ end: Int,
    plan: MatchPlan, truth: inout TruthState
  ) {
    var index = Int(hash >> slotShift)
    while true {
      let slot = slots[index]
      if slot.from == slot.to { return }
      if slot.gram == gram {
        for number in Int(slot.from)..<Int(slot.to) {
          let entry = entries[number]
          let from = position - Int(entry.gramOffset)
          let to = from + Int(entry.count)
          guard from >= start, to <= end else { continue }
          switch entry.anchor {
          case .anywhere: break
          case .prefix: if from != start { continue }
          case .suffix: if to != end { continue }
          case .whole: if from != start || to != end { continue }
          }
          let mark = UInt32(entry.mark)
          let known = truth.mark(of: entry.predicate)
          if known == TruthState.yes || known == mark { continue }
          guard ByteHash.equal(blob, Int(entry.start), text, from, Int(entry.count)) else {
            continue
          }
          plan.found(entry.predicate, mark, truth: &truth)
        }
        return
      }
      index = (index + 1) & (slots.count - 1)
    }
  }
}
