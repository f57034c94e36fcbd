/// Finds which of many literals stand in the values of one field, by tables of a `LiteralIndex`.
///
/// A literal that is the whole value, or must stand at its start or end, is looked up there. For those
/// that may stand anywhere the text is read, at strides as long as the literals allow.
struct LiteralScanner: Sendable {
  struct Literal {
    var bytes: [UInt8]
    var anchor: LiteralAnchor
    /// The question it answers, by its number in the plan.
    var predicate: Int32
    /// Whether finding it is the answer, or only makes the question worth asking.
    var isExact: Bool
  }

  /// The shortest literal that is sought within values.
  static let shortest = 2

  /// Literals that are whole values.
  private let whole: LiteralTable?
  /// Bit n: a literal of n bytes is a whole value; bit 63: one of 63 or more.
  private let lengths: UInt64
  private let ascii: LiteralTables?
  /// Literals outside ASCII, which only a text outside ASCII can hold.
  private let wide: LiteralTables?

  /// - Parameters:
  ///   - whole: texts that are compared with whole values.
  ///   - parts: texts that are sought within values, each of at least `shortest` bytes.
  init(whole: [Literal], parts: [Literal], _ builder: inout LiteralIndexBuilder) {
    lengths = whole.reduce(0) { $0 | 1 << UInt64(min($1.bytes.count, 63)) }
    self.whole =
      whole.isEmpty
      ? nil
      : builder.add(
        whole,
        whole.indices.map { index in
          let bytes = whole[index].bytes
          return LiteralIndexBuilder.Place(
            key: ByteHash.hash(bytes.span.bytes, 0, bytes.count), literal: index, offset: 0)
        })
    ascii = builder.tables(parts.filter { $0.bytes.allSatisfy { $0 < 0x80 } })
    wide = builder.tables(parts.filter { !$0.bytes.allSatisfy { $0 < 0x80 } })
  }

  @inline(__always)
  func scan(
    _ index: LiteralIndex, _ text: RawSpan, _ range: Range<Int>, isASCII: Bool, plan: MatchPlan,
    truth: inout TruthState
  ) {
    let start = range.lowerBound
    let end = range.upperBound
    if let whole, lengths &>> UInt64(min(end - start, 63)) & 1 != 0 {
      let key = ByteHash.hash(text, start, end - start)
      index.look(key, in: whole, text, start, start, end, plan: plan, truth: &truth)
    }
    if let ascii { index.scan(ascii, text, start, end, plan: plan, truth: &truth) }
    if !isASCII, let wide { index.scan(wide, text, start, end, plan: plan, truth: &truth) }
  }
}
