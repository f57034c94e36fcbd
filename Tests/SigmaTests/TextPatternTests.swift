import Testing

@testable import Sigma

@Suite struct TextPatternTests {
  /// Specification 2.1, "Escape Character".
  @Test(arguments: [
    (#"plain"#, #"plain"#, true), (#"C:\Windows"#, #"c:\windows"#, true),
    (#"a\\b"#, #"a\b"#, true), (#"a\b"#, #"a\b"#, true), (#"a\*b"#, "a*b", true),
    (#"a\*b"#, "axb", false), (#"a\?b"#, "a?b", true), (#"a\?b"#, "axb", false),
    (#"a\\*b"#, #"a\xyzb"#, true), (#"a\\*b"#, #"a*b"#, false), (#"a\\\*b"#, #"a\*b"#, true),
    (#"a\\\*b"#, #"a\xb"#, false), (#"a\\\\b"#, #"a\\b"#, true), (#"a\\\b"#, #"a\\b"#, true),
    (#"a\"#, #"a\"#, true), (#"\\host\*"#, #"\host*"#, true), (#"a*"#, "a", true),
    ("a*", "ab\nc", true), ("*a", "ba", true), ("a?c", "abc", true), ("a?c", "ac", false),
    ("a?c", "aéc", true), ("a?c", "a😀c", true), ("a??c", "aéc", false), ("*", "", true),
    ("", "", true), ("", "a", false), ("?", "", false), ("a*b*c", "aXbYbZc", true),
    ("a*b*c", "acb", false), ("*a*", "xay", true), ("**", "x", true), ("a**b", "ab", true),
    ("ÀÉ", "àé", true), ("straße", "STRASSE", false), ("Σ", "ς", true), ("K", "\u{212A}", false),
  ])
  func matchesAsTheSpecificationSays(pattern: String, text: String, expected: Bool) throws {
    #expect(TextPattern(pattern).matches(text) == expected)
    #expect(try Judge.line("Field", .text(pattern), on: text) == expected)
  }

  @Test func partsAreJoined() {
    var pattern = TextPattern("a*")
    pattern.append(.many)
    pattern.append(.literal([]))
    pattern.append(.literal([0x62]))
    pattern.append(.literal([0x63]))
    #expect(pattern.parts == [.literal([0x61]), .many, .literal([0x62, 0x63])])
    pattern.prepend(.many)
    #expect(pattern.parts.first == .many)
    #expect(pattern.literal == nil)
    #expect(TextPattern("").literal == [])
  }

  @Test func numbersCompareAsText() throws {
    #expect(try Judge.line("EventID", .number("4625"), on: "4625"))
    #expect(try !Judge.line("EventID", .number("4625"), on: "4625.0"))
    #expect(try !Judge.line("EventID", .number("4625"), on: "04625"))
    #expect(try Judge.line("Enabled", .bool(true), on: "True"))
  }

  @Test func absentNullAndEmptyAreThreeThings() throws {
    let cases: [(RuleScalar, absent: Bool, null: Bool, empty: Bool, full: Bool)] = [
      (.null, true, true, false, false), (.text(""), false, false, true, false),
      (.text("*"), false, false, true, true),
    ]
    for (scalar, absent, null, empty, full) in cases {
      let rule = try Judge.rule([("Field", [scalar])])
      #expect(Judge.matches(rule, Judge.event([("Other", "x")])) == absent)
      #expect(Judge.matches(rule, Judge.event([("Field", nil)])) == null)
      #expect(Judge.matches(rule, Judge.event([("Field", "")])) == empty)
      #expect(Judge.matches(rule, Judge.event([("Field", "x")])) == full)
    }
  }

  @Test func aComparisonOfAnAbsentFieldIsFalseAndItsNegationTrue() throws {
    let rule = try Judge.rule(
      searches: [("selection", [("A", ["x"])]), ("filter", [("B", ["y"])])],
      condition: "selection and not filter")
    #expect(Judge.matches(rule, Judge.event([("A", "x")])))
    #expect(Judge.matches(rule, Judge.event([("A", "x"), ("B", "z")])))
    #expect(!Judge.matches(rule, Judge.event([("A", "x"), ("B", "Y")])))
  }

  @Test func anyOccurrenceOfAFieldWillDo() throws {
    let all = try Judge.rule([("Field|contains|all", ["one", "two"])])
    #expect(Judge.matches(all, Judge.event([("Field", "xone"), ("Field", "twox")])))
    #expect(!Judge.matches(all, Judge.event([("Field", "xone"), ("Other", "two")])))
    let null = try Judge.rule([("Field", [.null])])
    #expect(Judge.matches(null, Judge.event([("Field", "x"), ("Field", nil)])))
  }

  @Test func fieldNamesKeepTheirCase() throws {
    #expect(try !Judge.matches(Judge.rule([("image", ["x"])]), Judge.event([("Image", "x")])))
  }

  @Test func aliasesNameTheEventsFields() throws {
    let rule = try Judge.rule([("source.ip", ["10.0.0.1"])])
    let event = Judge.event([("src_ip", "10.0.0.1")])
    #expect(Judge.matches(rule, event, aliases: ["source.ip": "src_ip"]))
    #expect(!Judge.matches(rule, event))
  }
}
