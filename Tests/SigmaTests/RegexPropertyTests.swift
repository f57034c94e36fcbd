import Testing

@testable import Sigma

/// The compiled engine against position sets, and the literals it promises.
@Suite struct RegexPropertyTests {
  private static func pattern(_ depth: Int, _ generator: inout SeededGenerator) -> String {
    let leaves = [
      "a", "b", "ab", "é", "😀", ".", "[ab]", "[^a]", "[a-é]", #"\d"#, #"\w"#, #"\s"#, "^", "$",
      #"\b"#, #"\B"#, "A", "(?:)", #"\."#, "-",
    ]
    guard depth > 0 else { return leaves.randomElement(using: &generator)! }
    func inner() -> String { pattern(depth - 1, &generator) }
    switch Int.random(in: 0..<9, using: &generator) {
    case 0, 1, 2: return inner() + inner()
    case 3: return "(?:\(inner())|\(inner()))"
    case 4: return "(\(inner()))*"
    case 5: return "(\(inner()))+"
    case 6: return "(\(inner()))?"
    case 7: return "(\(inner())){1,3}"
    default: return leaves.randomElement(using: &generator)!
    }
  }

  private static func text(_ generator: inout SeededGenerator) -> String {
    let length = Int.random(in: 0..<12, using: &generator)
    return String((0..<length).map { _ in "aabbAéÉ😀1 .-\n".randomElement(using: &generator)! })
  }

  @Test func enginesAgree() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let pattern = Self.pattern(3, &generator)
      let ignoresCase = Bool.random(using: &generator)
      let isMultiline = Bool.random(using: &generator)
      let regex = try RegularExpression(
        pattern, ignoresCase: ignoresCase, isMultiline: isMultiline)
      var automaton = LazyDFA(regex.program, memory: 1 << 14)
      let triggers = RequiredLiterals.of(regex.root)
      for _ in 0..<6 {
        let text = Self.text(&generator)
        let expected = NaiveRegex.finds(regex, in: Array(text.unicodeScalars))
        let found = automaton.matches(regex.program, Array(text.utf8).span)
        #expect(
          found == expected,
          "seed \(seed): /\(pattern)/ i=\(ignoresCase) on \(text.debugDescription)")
        guard expected, let triggers else { continue }
        let folded = CaseFolding.fold(utf8: text.utf8)
        let hasLiteral = triggers.contains { literal in
          TextPattern(parts: [.many, .literal(literal), .many], isCased: true)
            .matches(String(decoding: folded, as: UTF8.self))
        }
        #expect(
          hasLiteral, "seed \(seed): /\(pattern)/ promises \(triggers) of \(text.debugDescription)")
      }
    }
  }

  @Test(arguments: [
    ("powershell.exe", ["powershell"]), ("(?i)Clip(board)?x", ["clipboardx", "clipx"]),
    ("(abc|def)[0-9]+", ["abc", "def"]), ("[Cc]md", ["cmd"]), ("net\\s+user", ["user"]),
    ("(foo){2}", ["foofoo"]), ("(foobar){1,3}", ["foobar"]),
  ])
  func literals(pattern: String, expected: [String]) throws {
    let found = RequiredLiterals.of(try RegularExpression(pattern).root) ?? []
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test(arguments: [".*", "a|bc", "[0-9]+", "x?", "^$", "(abc)?"])
  func noLiterals(pattern: String) throws {
    #expect(RequiredLiterals.of(try RegularExpression(pattern).root) == nil)
  }

  @Test func sequencesCoverEveryScalar() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let bounds = [
        UInt32.random(in: 0x80...0x10FFFF, using: &generator),
        UInt32.random(in: 0x80...0x10FFFF, using: &generator),
      ].sorted()
      let set = ScalarSet([bounds[0]...bounds[1]])
      let sequences = UTF8Sequences.sequences(of: set)
      for _ in 0..<50 {
        guard let scalar = Unicode.Scalar(UInt32.random(in: 0x80...0x10FFFF, using: &generator))
        else { continue }
        let bytes = Array(UTF8.encode(scalar)!)
        let found = sequences.contains { sequence in
          sequence.count == bytes.count && zip(sequence, bytes).allSatisfy { $0.contains($1) }
        }
        #expect(found == set.contains(scalar), "seed \(seed)")
      }
    }
  }
}
