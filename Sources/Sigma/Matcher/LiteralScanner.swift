/// Finds which of many literals stand in a folded text.
///
/// Of each literal one gram of four bytes (of two, for literals of two and three bytes) is in a hash
/// table, the rarest it has. The text is read once, a byte further each time; a bitmap that stays in
/// the first-level cache turns nearly every place away, and what remains is compared in full.
struct LiteralScanner: Sendable {
  struct Literal {
    var bytes: [UInt8]
    var anchor: LiteralAnchor
    /// The question it answers, by its number in the plan.
    var predicate: Int32
    /// Whether finding it is the answer, or only makes the question worth asking.
    var isExact: Bool
  }

  /// The shortest literal that a scanner takes.
  static let shortest = 2

  private let four: GramTable?
  private let two: GramTable?
  /// Literals outside ASCII, which only a text outside ASCII can hold.
  private let wideFour: GramTable?
  private let wideTwo: GramTable?

  init?(_ literals: [Literal]) {
    guard !literals.isEmpty else { return nil }
    func table(isWide: Bool, isLong: Bool) -> GramTable? {
      let chosen = literals.filter { literal in
        literal.bytes.contains { $0 >= 0x80 } == isWide && (literal.bytes.count >= 4) == isLong
      }
      return chosen.isEmpty ? nil : GramTable(chosen, width: isLong ? 4 : 2)
    }
    four = table(isWide: false, isLong: true)
    two = table(isWide: false, isLong: false)
    wideFour = table(isWide: true, isLong: true)
    wideTwo = table(isWide: true, isLong: false)
  }

  @inline(__always)
  func scan(
    _ text: RawSpan, _ start: Int, _ count: Int, isASCII: Bool, plan: MatchPlan,
    truth: inout TruthState
  ) {
    if let four { four.scan4(text, start, count, plan: plan, truth: &truth) }
    if let two { two.scan2(text, start, count, plan: plan, truth: &truth) }
    guard !isASCII else { return }
    if let wideFour { wideFour.scan4(text, start, count, plan: plan, truth: &truth) }
    if let wideTwo { wideTwo.scan2(text, start, count, plan: plan, truth: &truth) }
  }
}
