import Core
import Testing

@testable import Sigma

@Suite struct KeywordTests {
  private func event() -> EventFields {
    Judge.event([("A", "first value"), ("B", nil), ("C", "Second Välue"), ("D", "")])
  }

  @Test(arguments: [
    (["first"], true), (["SECOND"], true), (["välue", "absent"], true), (["absent"], false),
    (["first*second"], true), (["second*first"], false), (["value\nsecond"], true), (["Q"], false),
    (["i?st"], true), (["e"], true), (["z"], false),
  ])
  func anywhereInTheEvent(keywords: [String], expected: Bool) throws {
    let rule = try Judge.rule([("", keywords.map(RuleScalar.text))])
    #expect(Judge.matches(rule, event()) == expected)
  }

  @Test func allOfThem() throws {
    #expect(Judge.matches(try Judge.rule([("|all", ["first", "second"])]), event()))
    #expect(!Judge.matches(try Judge.rule([("|all", ["first", "third"])]), event()))
  }

  @Test func regularExpressionsSeeTheWholeText() throws {
    #expect(Judge.matches(try Judge.rule([("|re", [#"value\nSecond"#])]), event()))
    #expect(Judge.matches(try Judge.rule([("|re|i", ["FIRST"])]), event()))
    #expect(!Judge.matches(try Judge.rule([("|re", ["FIRST"])]), event()))
  }

  @Test func namesThatNormalizationAddsAreNotSearched() throws {
    var event = event()
    let name = Array("action".utf8)
    let value = Array("derived".utf8)
    event.append(name: name.span.bytes, value: value.span.bytes, derived: true)
    #expect(!Judge.matches(try Judge.rule([("", ["derived"])]), event))
    #expect(Judge.matches(try Judge.rule([("action", ["derived"])]), event))
  }
}
