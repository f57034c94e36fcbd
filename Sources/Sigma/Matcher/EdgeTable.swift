/// Literals that must stand at one edge of the text, by as much of it as is hashed: two bytes, four, or
/// a number of words. So a text of any length needs a few looks.
struct EdgeTable: Sendable {
  private let isAtEnd: Bool
  /// Bit n: there are literals known by n words.
  private var words: UInt8 = 0
  private var hasPairs = false
  private var hasQuads = false
  private var mostWords: UInt8 = 0
  private var table: LiteralTable

  /// Words by which a literal is known at most; few literals agree in more.
  private static let maximumWords = 6

  /// - Parameter literals: not empty, each of at least two bytes, all of them anchored at this edge.
  init(
    _ literals: [LiteralScanner.Literal], isAtEnd: Bool, _ builder: inout LiteralIndexBuilder
  ) {
    self.isAtEnd = isAtEnd
    var places: [LiteralIndexBuilder.Place] = []
    var words: UInt8 = 0
    for (index, literal) in literals.enumerated() {
      let text = literal.bytes.span.bytes
      let end = literal.bytes.count
      let count = min(end / 8, Self.maximumWords)
      var key: UInt64 = 0
      if count > 0 {
        words |= 1 << UInt8(count)
        for number in 1...count { key = Self.joined(key, text, number, 0, end, isAtEnd) }
      } else if end >= 4 {
        hasQuads = true
        key = Self.quad(text, isAtEnd ? end - 4 : 0)
      } else {
        hasPairs = true
        key = Self.pair(text, isAtEnd ? end - 2 : 0)
      }
      places.append(
        LiteralIndexBuilder.Place(key: key, literal: index, offset: isAtEnd ? end : 0))
    }
    self.words = words
    mostWords = words == 0 ? 0 : UInt8(7 - words.leadingZeroBitCount)
    table = builder.add(literals, places)
  }

  @inline(__always)
  private static func joined(
    _ key: UInt64, _ text: RawSpan, _ number: Int, _ start: Int, _ end: Int, _ isAtEnd: Bool
  ) -> UInt64 {
    let offset = isAtEnd ? end - 8 * number : start + 8 * (number - 1)
    let word = unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let product = (key ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return product ^ product >> 32
  }

  @inline(__always)
  private static func quad(_ text: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  private static func pair(_ text: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inline(__always)
  func look(
    in index: LiteralIndex, _ text: RawSpan, _ start: Int, _ end: Int, plan: MatchPlan,
    truth: inout TruthState
  ) {
    let edge = isAtEnd ? end : start
    if hasPairs, end - start >= 2 {
      let key = Self.pair(text, isAtEnd ? end - 2 : start)
      index.look(key, in: table, text, edge, start, end, plan: plan, truth: &truth)
    }
    if hasQuads, end - start >= 4 {
      let key = Self.quad(text, isAtEnd ? end - 4 : start)
      index.look(key, in: table, text, edge, start, end, plan: plan, truth: &truth)
    }
    var key: UInt64 = 0
    var number = 1
    while number <= Int(mostWords), number * 8 <= end - start {
      key = Self.joined(key, text, number, start, end, isAtEnd)
      if words &>> UInt8(number) & 1 != 0 {
        index.look(key, in: table, text, edge, start, end, plan: plan, truth: &truth)
      }
      number += 1
    }
  }
}
