import Sigma
import Testing

/// What the specification says of conditions, from YAML to match. The searches `a`, `b`, `c`, `_d` and
/// `filter_x`, `filter_y` hold where the field of that name is `1`.
@Suite struct ConditionSpecificationTests {
  private func holds(_ condition: String, _ present: [String]) throws -> Bool {
    let names = ["a", "b", "c", "_d", "filter_x", "filter_y"]
    let searches = names.map { "\($0):\n  \($0): 1\n" }.joined()
    let fields = names.map { ($0, present.contains($0) ? "1" : "0") }
    return try fires(
      searches + "condition: \(condition)",
      on: KeyValuePairs(
        dictionaryLiteral: (fields[0].0, fields[0].1), (fields[1].0, fields[1].1),
        (fields[2].0, fields[2].1), (fields[3].0, fields[3].1), (fields[4].0, fields[4].1),
        (fields[5].0, fields[5].1)))
  }

  @Test(
    arguments: [
      ("a or b and c", ["a"], true), ("a or b and c", ["b"], false),
      ("(a or b) and c", ["a"], false),
      ("not a and b", ["b"], true), ("not a and b", ["a", "b"], false),
      ("not (a and b)", ["a"], true),
      ("not a or b", [], true), ("not(a)and(b)", ["b"], true), ("a AND NOT b", ["a"], true),
      ("a Or b", ["b"], true), ("not not a", ["a"], true), ("a and b or c", ["c"], true),
      ("1 of them", ["_d"], false), ("1 of them", ["filter_y"], true), ("any of them", ["c"], true),
      ("all of them", ["a", "b", "c", "filter_x", "filter_y"], true),
      ("all of them", ["a", "b", "c", "filter_x"], false), ("1 of _*", ["_d"], true),
      ("_d", ["_d"], true), ("a and not 1 of filter_*", ["a"], true),
      ("a and not 1 of filter_*", ["a", "filter_y"], false),
      ("a and not all of filter_*", ["a", "filter_y"], true),
      ("a and not all of filter_*", ["a", "filter_x", "filter_y"], false),
      ("1 OF filter_*", ["filter_x"], true), ("2 of them", ["a"], false),
      ("2 of them", ["a", "b"], true),
      ("3 of them", ["a", "b", "_d"], false), ("1 of *_x", ["filter_x"], true),
      ("1 of *lt*_y", ["filter_y"], true), ("1 of f*x", ["filter_y"], false),
      ("1 of a", ["a"], true),
      ("all of a*", ["a"], true), ("1 of filter_* or a", ["a"], true),
      ("1 of filter_* and 1 of them", ["filter_x"], true), ("((a))", ["a"], true),
      (">\n  a\n  and b", ["a", "b"], true), ("[a, b]", ["b"], true),
      ("[a and b, c]", ["a"], false),
      ("[a and b, not c]", ["c"], false),
    ] as [(String, [String], Bool)])
  func conditions(condition: String, present: [String], expected: Bool) throws {
    #expect(try holds(condition, present) == expected)
  }

  @Test(arguments: [
    "a and", "a b", "(a", "a)", "1 of nothing_*", "all of", "of them", "a | count() > 5",
    "a | near b", "7 of them", "0 of them", "-1 of them", "a and filter_*", "a & b", "a or or b",
    "not", "()", "1 of (a)", "a, b", "[a, null]", "[a, '']", "[[a]]", "{a: b}", "[]", "''",
    "1 of them of a",
  ])
  func refused(condition: String) throws {
    let refusal = try #require(refusals("a:\n  a: 1\nb:\n  b: 1\ncondition: \(condition)").first)
    #expect(refusal.reason.contains("condition"), "\(refusal)")
    #expect(refusal.rule == "r1")
    #expect((6...10).contains(refusal.line))
  }
}
