/// A regular expression as a nondeterministic automaton over bytes (Thompson's construction).
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    /// Takes a byte of the set, then continues at `next`.
    case bytes(set: Int32, next: Int32)
    case split(Int32, Int32)
    case jump(Int32)
    case assertion(RegexAssertion, next: Int32)
    case match
  }

  var instructions: [Instruction] = []
  var sets: [ByteSet] = []
  var start: Int32 = 0
  /// No match can begin but at the start of the text.
  var isAnchored = false

  /// Byte → class; bytes of one class are in the same sets and mean the same to every assertion.
  private(set) var classes: [UInt8] = []
  /// For each class one of its bytes.
  private(set) var representatives: [UInt8] = []
  private(set) var readsWords = false
  private(set) var readsLines = false
  private(set) var readsFinalNewline = false

  /// Instructions of the largest program that is run.
  static let maximumInstructions = 16_384

  /// How many bytes of a text a regular expression is shown, so that its size times theirs is
  /// bounded: at least 4 KB, for the small ones that occur in practice megabytes.
  var textLimit: Int { max(4096, (1 << 26) / max(1, instructions.count)) }

  mutating func finish() {
    for case .assertion(let assertion, _) in instructions {
      switch assertion {
      case .wordBoundary, .notWordBoundary: readsWords = true
      case .lineStart, .lineEnd: readsLines = true
      case .textEndOrFinalNewline: readsFinalNewline = true
      case .textStart, .textEnd: break
      }
    }
    var distinguishing = Array(Set(sets))
    if readsWords {
      var word = ByteSet()
      for range in ScalarSet.word.ranges {
        word.insert(UInt8(range.lowerBound)...UInt8(range.upperBound))
      }
      distinguishing.append(word)
      distinguishing.append(ByteSet(0x80...0xBF))
    }
    if readsLines || readsFinalNewline { distinguishing.append(ByteSet(0x0A...0x0A)) }
    var known: [[Bool]: UInt8] = [:]
    for byte in UInt8.min...UInt8.max {
      let signature = distinguishing.map { $0.contains(byte) }
      if let found = known[signature] {
        classes.append(found)
      } else {
        // At most 256 bytes make at most 256 classes.
        let fresh = UInt8(representatives.count)
        known[signature] = fresh
        classes.append(fresh)
        representatives.append(byte)
      }
    }
  }
}
