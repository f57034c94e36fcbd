/// Literals that may stand anywhere, by grams of theirs.
///
/// The text is looked at only every `stride` bytes: of each literal a gram is known for every remainder
/// of its offset by the stride, so one of them stands where it is looked for. A literal therefore has
/// at least `width + stride - 1` bytes.
struct GramTable: Sendable {
  /// Bytes of a gram.
  let width: UInt8
  let stride: UInt8
  private let mask: UInt64
  var table: LiteralTable

  private static let longestStride = 8

  /// The classes of lengths that have a table each: the longer a literal, the longer its gram.
  private static let classes: [(lengths: ClosedRange<Int>, width: Int)] = [
    (2...2, 2), (3...3, 3), (4...7, 4), (8...Int.max, 6),
  ]

  /// The tables of literals that may stand anywhere, each of at least two bytes.
  static func tables(
    of literals: [LiteralScanner.Literal], _ builder: inout LiteralIndexBuilder
  ) -> [GramTable] {
    classes.compactMap { lengths, width in
      let chosen = literals.filter { lengths.contains($0.bytes.count) }
      return chosen.isEmpty ? nil : GramTable(chosen, width: width, &builder)
    }
  }

  private init(
    _ literals: [LiteralScanner.Literal], width: Int, _ builder: inout LiteralIndexBuilder
  ) {
    self.width = UInt8(width)
    let shortest = literals.map(\.bytes.count).min() ?? width
    let stride = min(shortest - width + 1, Self.longestStride)
    self.stride = UInt8(stride)
    mask = UInt64.max >> UInt64(64 - width * 8)
    var places: [LiteralIndexBuilder.Place] = []
    places.reserveCapacity(literals.count * stride)
    var occupancy: [UInt64: Int] = [:]
    for (index, literal) in literals.enumerated() {
      for remainder in 0..<stride {
        let offset = Self.rarest(literal.bytes, from: remainder, step: stride, width, occupancy)
        let key = Self.gram(literal.bytes, at: offset, width)
        occupancy[key, default: 0] += 1
        places.append(LiteralIndexBuilder.Place(key: key, literal: index, offset: offset))
      }
    }
    table = builder.add(literals, places)
  }

  private static func gram(_ bytes: [UInt8], at offset: Int, _ width: Int) -> UInt64 {
    var gram: UInt64 = 0
    for index in 0..<width { gram |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
    return gram
  }

  /// The offset of the literal's rarest gram, among those that stand `step` bytes apart.
  private static func rarest(
    _ bytes: [UInt8], from first: Int, step: Int, _ width: Int, _ occupancy: [UInt64: Int]
  ) -> Int {
    var best = first
    var bestCost = Int.max
    for offset in Swift.stride(from: first, through: bytes.count - width, by: step) {
      let gram = gram(bytes, at: offset, width)
      var cost = min(occupancy[gram] ?? 0, 64)
      if width >= 4 {
        if CommonText.isCommon(gram: UInt32(truncatingIfNeeded: gram)) { cost += 1000 }
        let four = bytes[offset..<offset + 4]
        if four.allSatisfy({ $0 == bytes[offset] }) { cost += 500 }
        if four.allSatisfy({ (0x30...0x39).contains($0) }) { cost += 40 }
      }
      if cost < bestCost {
        best = offset
        bestCost = cost
      }
    }
    return best
  }

  /// The gram at `position`; reads eight bytes.
  @inline(__always)
  func key(_ text: RawSpan, _ position: Int) -> UInt64 {
    unsafe text.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self) & mask
  }
}
