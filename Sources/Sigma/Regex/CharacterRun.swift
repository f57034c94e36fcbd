/// The regular expressions that only ask for a long run of characters of one class, such as
/// `.{1000,}` or `[^/]{100,}$`: counted instead of built into an automaton of that many states.
struct CharacterRun: Sendable {
  private let set: ScalarSet
  private let ascii: ByteSet
  private let containsOthers: Bool
  private let minimum: Int
  /// The run must reach the end, or a newline that ends the text.
  private let isAtEnd: Bool

  /// Nil for every other expression, and for classes that tell characters outside ASCII apart.
  init?(_ root: RegexNode) {
    var node = root
    var isAtEnd = false
    if case .concatenation(let parts) = root, parts.count == 2,
      parts[1] == .assertion(.textEndOrFinalNewline)
    {
      node = parts[0]
      isAtEnd = true
    }
    guard case .repetition(.characters(let set), let minimum, let maximum) = node,
      minimum > 16, !isAtEnd || maximum == nil
    else { return nil }
    let others = set.ranges.filter { $0.upperBound >= 0x80 }
    guard
      others.isEmpty
        || others == [others[0]] && others[0].lowerBound <= 0x80
          && others[0].upperBound == ScalarSet.lastScalar
    else { return nil }
    var ascii = ByteSet()
    for range in set.ranges where range.lowerBound < 0x80 {
      ascii.insert(UInt8(range.lowerBound)...UInt8(min(range.upperBound, 0x7F)))
    }
    self.set = set
    self.ascii = ascii
    containsOthers = !others.isEmpty
    self.minimum = minimum
    self.isAtEnd = isAtEnd
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    var run = 0
    var runBeforeLast = 0
    for position in 0..<text.count {
      let byte = text[position]
      // The bytes that continue a character belong to it.
      if byte & 0xC0 == 0x80 { continue }
      runBeforeLast = run
      run = (byte < 0x80 ? ascii.contains(byte) : containsOthers) ? run + 1 : 0
      if run >= minimum, !isAtEnd { return true }
    }
    guard isAtEnd else { return false }
    if run >= minimum { return true }
    return text.count > 0 && text[text.count - 1] == 0x0A && runBeforeLast >= minimum
  }
}
