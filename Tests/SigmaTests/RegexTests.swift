import Testing

@testable import Sigma

@Suite struct RegexTests {
  private func finds(
    _ pattern: String, _ text: String, flags: String = "",
    location: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let regex = try RegularExpression(
      pattern, ignoresCase: flags.contains("i"), isMultiline: flags.contains("m"),
      dotMatchesNewline: flags.contains("s"))
    let naive = NaiveRegex.finds(regex, in: Array(text.unicodeScalars))
    var automaton = LazyDFA(regex.program, memory: 1 << 16)
    let bytes = Array(text.utf8)
    #expect(
      automaton.matches(regex.program, bytes.span) == naive, "\(pattern) on \(text)",
      sourceLocation: location)
    #expect(automaton.matches(regex.program, bytes.span) == naive, sourceLocation: location)
    if let run = CharacterRun(regex.root) {
      #expect(run.matches(bytes.span) == naive, "\(pattern) on \(text)", sourceLocation: location)
    }
    return naive
  }

  @Test(arguments: [
    ("abc", "xabcx", true), ("abc", "ABC", false), ("^abc$", "abc", true), ("^abc$", "xabc", false),
    ("^abc$", "abc\n", true), ("^abc$", "abc\n\n", false), (#"abc\z"#, "abc\n", false),
    (#"\Aabc\Z"#, "abc\n", true), ("a.c", "a\nc", false), ("a.c", "aéc", true),
    ("a|b|", "zzz", true), ("(ab)+c", "ababc", true), ("a{2,3}b", "aab", true),
    ("^a{2,3}b", "aaaab", false), ("a{,3}", "a{,3}", true), ("x{a}", "x{a}", true),
    ("[a-c]+z", "abcz", true), ("[^a-c]z", "az", false), ("[]a]", "]", true), ("[^]a]", "]", false),
    ("[a-]", "-", true), (#"[\w+|\s]"#, "|", true), (#"\d{3}-\d{4}"#, "tel 555-1234", true),
    (#"\bcat\b"#, "a cat.", true), (#"\bcat\b"#, "concat", false), (#"\Bcat"#, "concat", true),
    (#"\s"#, "\u{B}", true), (#"\w"#, "é", false), ("(?i)ABC", "xabc", true),
    ("a(?i)b", "aB", true), ("a(?i)b", "AB", false), ("(?i:a)b", "Ab", true),
    ("(?i:a)b", "AB", false), ("(?i)straße", "STRAßE", true), ("(?i)É", "é", true),
    ("a.*?b", "axxb", true), ("a+?b", "aab", true), ("(?:ab|cd){2}", "abcd", true),
    (#"\x41\x{1F600}"#, "A😀", true), ("[à-ü]", "é", true), ("[^a]", "é", true),
    ("😀+", "😀😀", true), ("[-/–]x", "–x", true), ("(?s)a.b", "a\nb", true),
    ("(?m)^b$", "a\nb\nc", true), ("^b$", "a\nb\nc", false), (".{3}", "é😀a", true),
    (".{4}", "é😀a", false), ("(?P<name>a)", "a", true), ("[[:alpha:]]+9", "ab9", true),
    (#"\\Windows\\"#, #"C:\Windows\x"#, true), ("()", "", true), ("a^b", "ab", false),
    ("a$b", "ab", false), ("(^|/)a", "a", true), ("x*", "", true), (#"\$\{"#, "${", true),
    ("(a|ab)(c|bcd)(d*)$", "abcd", true), (#"\W$"#, "a é", true), ("a{0}b", "b", true),
    ("(?i)^[^a]$", "A", false), ("(?i)[^a]", "b", true), (#"\B\B"#, "aÉa", false),
    (#"(?i)\W"#, "k", false),
  ])
  func finds(pattern: String, text: String, expected: Bool) throws {
    #expect(try finds(pattern, text) == expected)
  }

  @Test func flags() throws {
    #expect(try finds("ABC", "xabcx", flags: "i"))
    #expect(try finds("^b$", "a\nb", flags: "m"))
    #expect(try finds("a.b", "a\nb", flags: "s"))
    #expect(try Judge.line("F|re|i", "ABC", on: "xabc"))
    #expect(try Judge.line("F|re|i|m", "^B$", on: "a\nb"))
    #expect(try !Judge.line("F|re", "ABC", on: "xabc"))
  }

  @Test func longRuns() throws {
    let long = String(repeating: "é", count: 150)
    for (pattern, text, expected) in [
      (".{150}", long, true), (".{151}", long, false), ("(.){100,}", long, true),
      ("[^/]{100,}$", "/" + long, true), ("[^/]{100,}$", long + "/a", false),
      ("[^/]{100,}$", long + "\n", true), (".{150}$", long + "\n", true),
      (".{100,}$", long + "\n\n", false), ("[a-z]{20,}", String(repeating: "a", count: 20), true),
    ] {
      #expect(try finds(pattern, text) == expected, "\(pattern)")
    }
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[a", "*", "a**", "a++", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)",
    #"(a)\1"#, #"\k<a>"#, #"\p{L}"#, #"\Q"#, #"\"#, "a{3,2}", "a{5000}", "[b-a]", "[[:foo:]]",
    "(?z)", "(?", "(*ACCEPT)", "((((a{500}){500}){500}){500}){500}", #"\x{110000}"#, #"\y"#,
    String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
  ])
  func refusals(pattern: String) {
    #expect(throws: SigmaError.self) { try RegularExpression(pattern) }
  }

  /// A pattern that sends a backtracking engine into exponential time ends at once here.
  @Test func hostilePatternsAreLinear() throws {
    let text = String(repeating: "a", count: 20_000) + "!"
    for pattern in ["(a+)+$", "(a|aa)+$", "(a|a)*c", "(.*)*x", "(a*)*b", "([a-z]+)*=", "(x+x+)+y"] {
      #expect(try !finds(pattern, text), "\(pattern)")
    }
  }

  /// More states than a table may hold: it is emptied, and the answers stay right.
  @Test func boundedTables() throws {
    let regex = try RegularExpression("(a|b)*a(a|b){12}c")
    var automaton = LazyDFA(regex.program, memory: 4096)
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let text = (0..<60).map { _ in "aabbbc".randomElement(using: &generator)! }
      let expected = NaiveRegex.finds(regex, in: Array(String(text).unicodeScalars))
      #expect(automaton.matches(regex.program, Array(String(text).utf8).span) == expected)
    }
  }

  @Test func theTextShownIsBounded() throws {
    let small = try RegularExpression("ab")
    #expect(small.program.textLimit > 1 << 20)
    let large = try RegularExpression("[ab]{2000}c[ab]{2000}d")
    #expect(large.program.textLimit >= 4096)
    #expect(large.program.textLimit * large.program.instructions.count <= 1 << 26)
    let rule = try Judge.rule([("F|re", ["[^a]{700}b[^a]{700}c"])])
    let matcher = Matcher(rules: [rule])
    var scratch = matcher.makeScratch()
    let value = String(repeating: "x", count: 1 << 20)
    #expect(matcher.match(Judge.event([("F", value)]), scratch: &scratch).isEmpty)
    #expect(scratch.truncatedValues == 1)
  }
}
