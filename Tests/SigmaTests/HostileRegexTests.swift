import Core
import Testing

@testable import Sigma

/// What a rule's regular expression may cost, whatever it is and whatever the event holds.
@Suite struct HostileRegexTests {
  private static let memory = 1 << 16

  /// Patterns that send other engines into exponential time or memory, each with letters for values that
  /// hurt.
  private static let patterns: [(pattern: String, letters: String)] = [
    ("(a+)+$", "a"), ("(a|aa)+$", "a"), ("((a*)*)*b", "a"), ("(a|a)*c", "a"),
    ("(x+x+)+y", "x"), ("([a-z]+)*=", "abc"), ("(.*)*(.*)*(.*)*x", "ab"),
    ("(?:a?){400}a{400}", "ab"), ("(a|b)*a(a|b){200}c", "ab"), ("(.*a){60}", "ab"),
    ("[ab]{1000}c[ab]{900}", "ab"), (#"(\w+\s?)+!"#, "ab "), (#"(\b\w\b\W?)+\z"#, "a b"),
    ("(?i)(é|É|e)+x", "eéÉ"),
  ]

  private static func value(of letters: String, bytes: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    let letters = Array(letters)
    var value: [UInt8] = []
    value.reserveCapacity(bytes)
    while value.count < bytes - 4 {
      value += String(letters.randomElement(using: &generator)!).utf8
    }
    return value
  }

  /// No step visits more than the program's instructions a few times over, so that the shown text times
  /// the size bounds it all.
  @Test(arguments: patterns.indices)
  func stepsAndMemoryAreBounded(index: Int) throws {
    let (pattern, letters) = Self.patterns[index]
    let regex = try RegularExpression(pattern)
    let size = regex.program.instructions.count
    let text = Self.value(of: letters, bytes: min(1 << 13, regex.program.textLimit), seed: 11)
    var automaton = LazyDFA(regex.program, memory: Self.memory)
    _ = automaton.matches(regex.program, text.span)
    // A split has two ways on, so an instruction is pushed twice at most and once more as a seed.
    #expect(automaton.visits <= 4 * (size + 1) * (text.count + 1))
    #expect(automaton.usedMemory <= Self.memory + 8 * size + 4096)
    #expect(regex.program.textLimit * size <= max(1 << 26, 4096 * size))
  }

  @Test(arguments: patterns.indices)
  func answersStayRight(index: Int) throws {
    let (pattern, letters) = Self.patterns[index]
    let regex = try RegularExpression(pattern)
    var automaton = LazyDFA(regex.program, memory: Self.memory)
    for seed: UInt64 in 0..<4 {
      let text =
        Self.value(of: letters, bytes: 600, seed: seed) + [[], Array("c=x!y".utf8)][Int(seed & 1)]
      let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
      #expect(
        automaton.matches(regex.program, text.span) == NaiveRegex.finds(regex, in: scalars),
        "\(pattern)")
    }
  }

  /// A value of a megabyte is read whole by the small programs, and by a large one as far as is allowed;
  /// what was left unread is counted.
  @Test func megabyteValues() throws {
    let long = String(repeating: "ab ", count: 349_525)
    let rules = [
      try Judge.rule("small", [("F|re", [#"(\w+\s?)+!$"#])]),
      try Judge.rule("large", [("F|re", ["[ab ]{1400}c[ab ]{1400}z"])]),
    ]
    let matcher = Matcher(rules: rules)
    var scratch = matcher.makeScratch()
    #expect(matcher.match(Judge.event([("F", long + "ab!")]), scratch: &scratch) == [0])
    #expect(scratch.takeTruncatedValues() == 1)
    #expect(matcher.match(Judge.event([("F", long)]), scratch: &scratch) == [])
    #expect(scratch.takeTruncatedValues() == 1)
    #expect(matcher.match(Judge.event([("F", "ab!")]), scratch: &scratch) == [0])
    #expect(scratch.takeTruncatedValues() == 0)
  }

  @Test func manyAlternatives() throws {
    // As many as a pattern's length allows.
    let words = (0..<900).map { "w\($0)x" }
    let regex = try RegularExpression(words.joined(separator: "|"))
    var automaton = LazyDFA(regex.program, memory: Self.memory)
    for (word, isThere) in [
      ("w0x", true), ("w899x", true), ("-w640x-", true), ("", false), ("w900x", false),
      ("w12 99x", false),
    ] {
      let found = automaton.matches(regex.program, Array(word.utf8).span)
      #expect(found == isThere, "\(word)")
    }
    #expect(automaton.usedMemory <= Self.memory + 8 * regex.program.instructions.count + 4096)
  }

  /// What would be too large is refused with a reason that says what to change.
  @Test(arguments: [
    ((0..<10_000).map { "w\($0)x" }.joined(separator: "|"), "longer than 8192 characters"),
    ("a{100000}", "a count above 2000"), ("(a{1000}){1000}", "counts"),
    ("(a{0,1999}){0,1999}", "counts"),
    ("((((a{60}){60}){60}){60}){60}", "counts"),
    ("[^\\x{80}-\\x{10FFF}]{1900}", "counts"),
    (
      String(repeating: "(", count: 60) + String(repeating: ")*", count: 60),
      "nested deeper than 50"
    ),
  ])
  func tooLarge(pattern: String, reason: String) {
    let error = #expect(throws: SigmaError.self) { try RegularExpression(pattern) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  /// A wildcard pattern has no better luck: its cost is at most the product of the lengths.
  @Test func hostileWildcards() throws {
    let stars = String(repeating: "a*", count: 200) + "b"
    let value = String(repeating: "a", count: 20_000)
    #expect(try !Judge.line("F", .text(stars), on: value))
    #expect(try Judge.line("F", .text(stars), on: value + "b"))
  }
}
