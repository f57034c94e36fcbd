import Testing

@testable import Sigma

@Suite struct ConditionTests {
  private static let names = ["sel_a", "sel_b", "filter_x", "_hidden", "keywords"]
  private let parser = ConditionParser(identifiers: names)

  @Test func precedence() throws {
    #expect(
      try parser.parse("sel_a or sel_b and not filter_x")
        == .or([.search(0), .and([.search(1), .not(.search(2))])]))
    #expect(
      try parser.parse("(sel_a or sel_b) and keywords")
        == .and([.or([.search(0), .search(1)]), .search(4)]))
    #expect(try parser.parse("not not sel_a") == .search(0))
    #expect(try parser.parse("NOT sel_a AND sel_b") == .and([.not(.search(0)), .search(1)]))
  }

  @Test func quantifiers() throws {
    #expect(try parser.parse("1 of sel_*") == .or([.search(0), .search(1)]))
    #expect(try parser.parse("any of sel_*") == .or([.search(0), .search(1)]))
    #expect(try parser.parse("all of sel_*") == .and([.search(0), .search(1)]))
    #expect(try parser.parse("2 of them") == .atLeast(2, of: [0, 1, 2, 4]))
    #expect(try parser.parse("1 of *_a") == .or([.search(0)]))
    #expect(try parser.parse("1 of _*") == .or([.search(3)]))
    #expect(try parser.parse("not 1 of filter_*") == .not(.or([.search(2)])))
    #expect(try parser.parse("1 of keywords") == .or([.search(4)]))
  }

  @Test func aListIsAnOr() throws {
    #expect(try parser.parse(["sel_a", "sel_b"]) == .or([.search(0), .search(1)]))
  }

  @Test(arguments: [
    "", "   ", "unknown", "sel_a and", "and sel_a", "sel_a sel_b", "(sel_a", "sel_a)", "not",
    "1 of nothing*", "0 of sel_*", "3 of sel_*", "sel_a | count() > 5", "sel_a and (or sel_b)",
    "all sel_*", "sel_*", "some of sel_*", "1 of", "sel_a = 1",
  ])
  func refusals(text: String) {
    #expect(throws: SigmaError.self) { try parser.parse(text) }
  }

  @Test func lengthAndDepthAreBounded() {
    let deep = String(repeating: "(", count: 200) + "sel_a" + String(repeating: ")", count: 200)
    let long = String(repeating: "sel_a or ", count: 10_000) + "sel_a"
    for text in [deep, long] {
      #expect(throws: SigmaError.self) { try parser.parse(text) }
    }
  }

  @Test func nOfIsCounted() throws {
    let lines: [(String, [(String, [RuleScalar])])] = [
      ("a", [("F", ["x"])]), ("b", [("G", ["x"])]), ("c", [("H", ["x"])]),
    ]
    let rule = try Judge.rule(searches: lines, condition: "2 of them")
    #expect(!Judge.matches(rule, Judge.event([("F", "x")])))
    #expect(Judge.matches(rule, Judge.event([("F", "x"), ("H", "x")])))
    #expect(Judge.matches(rule, Judge.event([("F", "x"), ("G", "x"), ("H", "x")])))
  }

  @Test func correlationExpressions() throws {
    let expression = try CorrelationExpression(parsing: "rule_a and (rule_b or not rule_c)")
    #expect(expression.references == ["rule_a", "rule_b", "rule_c"])
    #expect(expression.hasNegation)
    #expect(expression.holds { $0 == "rule_a" })
    #expect(!expression.holds { ["rule_a", "rule_c"].contains($0) })
    #expect(expression.holds { ["rule_a", "rule_b", "rule_c"].contains($0) })
    #expect(throws: SigmaError.self) { try CorrelationExpression(parsing: "1 of rule_*") }
    #expect(throws: SigmaError.self) { try CorrelationExpression(parsing: "rule_*") }
  }

  @Test(
    arguments: [
      ("60s", 60_000_000), ("5m", 300_000_000), ("2h", 7_200_000_000), ("1d", 86_400_000_000),
      ("1w", 604_800_000_000),
    ] as [(String, Int64)])
  func timespans(text: String, expected: Int64) throws {
    #expect(try Timespan.microseconds(text) == expected)
  }

  @Test(arguments: [
    "", "5", "m", "0m", "-5m", "5M", "1.5h", "5 m", "99999999999999999999d", "401d",
  ])
  func timespansRefused(text: String) {
    #expect(throws: SigmaError.self) { try Timespan.microseconds(text) }
  }
}
