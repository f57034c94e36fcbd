import Core
import Testing

@testable import Sigma

/// The tables of literals against plain search, on texts of few letters, so that literals of every
/// length overlap and share grams.
@Suite struct LiteralIndexTests {
  private static let anchors: [LiteralAnchor] = [.whole, .prefix, .suffix, .anywhere]

  private static func text(
    _ length: ClosedRange<Int>, _ alphabet: [UInt8], _ generator: inout SeededGenerator
  ) -> [UInt8] {
    (0..<Int.random(in: length, using: &generator)).map { _ in
      alphabet.randomElement(using: &generator)!
    }
  }

  private static func holds(_ literal: LiteralScanner.Literal, _ text: [UInt8]) -> Bool {
    let bytes = literal.bytes
    return switch literal.anchor {
    case .whole: bytes == text
    case .prefix: text.starts(with: bytes)
    case .suffix: text.reversed().starts(with: bytes.reversed())
    case .anywhere:
      bytes.count <= text.count
        && (0...text.count - bytes.count).contains {
          text[$0..<$0 + bytes.count].elementsEqual(bytes)
        }
    }
  }

  /// The questions that the scanner answers with yes for a value that has other bytes around it.
  private static func found(
    _ literals: [LiteralScanner.Literal], _ text: [UInt8], around: [UInt8]
  ) -> Set<Int32> {
    var builder = LiteralIndexBuilder()
    let scanner = LiteralScanner(
      whole: literals.filter { $0.anchor == .whole },
      parts: literals.filter { $0.anchor != .whole }, &builder)
    let index = LiteralIndex(builder)
    let plan = MatchPlan(
      programs: [], always: [], fieldNames: BytesTable([]), fields: [], keywords: nil,
      literals: index, predicates: [], fallbacks: [],
      witnesses: Array(repeating: [], count: literals.count))
    var truth = TruthState()
    truth.begin(predicates: literals.count, rules: 0)
    let bytes = around + text + around + [UInt8](repeating: 0, count: 8)
    scanner.scan(
      index, bytes.span.bytes, around.count..<around.count + text.count, isASCII: true, plan: plan,
      truth: &truth)
    return Set(literals.map(\.predicate).filter { truth.mark(of: $0) == TruthState.yes })
  }

  @Test func findsWhatPlainSearchFinds() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var hits = 0
    for _ in 0..<300 {
      let alphabet = Array("abcdefgh\\.".utf8.prefix(Int.random(in: 1...10, using: &generator)))
      // The shortest literal decides the strides.
      let shortest = Int.random(in: 2...20, using: &generator)
      let text = Self.text(0...90, alphabet, &generator)
      var literals: [LiteralScanner.Literal] = []
      for number in 0..<Int.random(in: 1...60, using: &generator) {
        var bytes = Self.text(shortest...70, alphabet, &generator)
        if Bool.random(using: &generator), text.count >= shortest {
          let count = Int.random(in: shortest...text.count, using: &generator)
          let places = [
            0, text.count - count, Int.random(in: 0...text.count - count, using: &generator),
          ]
          let start = places.randomElement(using: &generator)!
          bytes = Array(text[start..<start + count])
        }
        literals.append(
          LiteralScanner.Literal(
            bytes: bytes, anchor: Self.anchors.randomElement(using: &generator)!,
            predicate: Int32(number), isExact: true))
      }
      let expected = Set(literals.filter { Self.holds($0, text) }.map(\.predicate))
      hits += expected.count
      let around = Self.text(0...20, alphabet, &generator)
      #expect(Self.found(literals, text, around: around) == expected, "seed \(seed)")
    }
    #expect(hits > 1000, "the random literals are hardly ever there")
  }

  /// Every length and every place once, so that no stride and no edge is left to chance.
  @Test func everyLengthAtEveryPlace() {
    let text = (0..<80).map { UInt8($0) + 0x21 }
    for length in 2...66 {
      let literals = (0...text.count - length).map { start in
        LiteralScanner.Literal(
          bytes: Array(text[start..<start + length]), anchor: .anywhere, predicate: Int32(start),
          isExact: true)
      }
      #expect(Self.found(literals, text, around: []).count == literals.count, "length \(length)")
      for anchor in [LiteralAnchor.prefix, .suffix, .whole] {
        let anchored = literals.map { literal in
          LiteralScanner.Literal(
            bytes: literal.bytes, anchor: anchor, predicate: literal.predicate, isExact: true)
        }
        let found = Self.found(anchored, text, around: text)
        let expected: Set<Int32> =
          switch anchor {
          case .prefix: [0]
          case .suffix: [Int32(text.count - length)]
          default: []
          }
        #expect(found == expected, "length \(length) \(anchor)")
      }
    }
  }
}
