import Core
import Testing

@testable import Sigma

/// The compiled matcher against the naive evaluator, on rules and events made at random from the same
/// few texts, so that much matches.
@Suite struct MatcherPropertyTests {
  private static let words = [
    "a", "ab", "abc", "abcd", "powershell", "Power", "shell.exe", ".exe", "\\cmd", "é", "É", "café",
    "😀", "–", "-e", "/e", "10.0.0.1", "10.1.2.3", "42", "7", "4625", "", "*", "?", "x*y", "a?c",
    "\\*", "line\nbreak", "ſ", "Σας", "true", "2026-11-21T07:38:00Z", "İ", "ß",
  ]
  private static let fields = ["A", "B", "C", "Image", "CommandLine"]
  private static let modifiers = [
    "", "", "|contains", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased",
    "|re", "|re|i", "|windash|contains", "|cidr", "|gt", "|lte", "|fieldref", "|fieldref|contains",
    "|exists", "|neq", "|contains|neq", "|base64offset|contains", "|hour", "|contains|all", "|all",
  ]

  private static func item(_ generator: inout SeededGenerator) -> FieldItem {
    while true {
      let isKeyword = Int.random(in: 0..<8, using: &generator) == 0
      let field = isKeyword ? "" : fields.randomElement(using: &generator)!
      let key = field + modifiers.randomElement(using: &generator)!
      let scalars = (0..<Int.random(in: 1...3, using: &generator)).map { _ -> RuleScalar in
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: .null
        case 1: .number("42")
        case 2: .bool(Bool.random(using: &generator))
        case 3: .text(fields.randomElement(using: &generator)!)
        case 4: .text("10.0.0.0/8")
        default:
          .text(
            words.randomElement(using: &generator)!
              + (Bool.random(using: &generator) ? words.randomElement(using: &generator)! : ""))
        }
      }
      if let item = try? FieldItem(key: key, scalars: scalars, line: 1) { return item }
    }
  }

  private static func expression(
    _ depth: Int, _ generator: inout SeededGenerator
  ) -> SearchExpression {
    guard depth > 0, Bool.random(using: &generator) else { return .item(item(&generator)) }
    var parts: [SearchExpression] = []
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      parts.append(expression(depth - 1, &generator))
    }
    return Bool.random(using: &generator) ? .all(parts) : .any(parts)
  }

  private static func condition(_ depth: Int, _ generator: inout SeededGenerator) -> Condition {
    func inner() -> Condition { condition(depth - 1, &generator) }
    guard depth > 0 else { return .search(Int.random(in: 0..<3, using: &generator)) }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return .and([inner(), inner()])
    case 1: return .or([inner(), inner()])
    case 2: return .and([inner(), .not(inner())])
    case 3: return .not(inner())
    case 4: return .atLeast(Int.random(in: 1...3, using: &generator), of: [0, 1, 2])
    default: return .search(Int.random(in: 0..<3, using: &generator))
    }
  }

  private static let logSources = [
    LogSource(product: "one"), LogSource(product: "two"), LogSource(category: "c"),
    LogSource(category: "c", product: "one"), LogSource(product: "one", service: "s"),
  ]
  private static let sets: [LogSourceSet] = [
    LogSourceSet([logSources[0]]), LogSourceSet([logSources[3], logSources[0]]), .empty,
    LogSourceSet([logSources[1], logSources[2], logSources[4]]),
  ]

  private static func rule(_ number: Int, _ generator: inout SeededGenerator) -> Rule {
    var searches: [Search] = []
    for index in 0..<3 {
      searches.append(
        Search(identifier: "s\(index)", expression: expression(2, &generator), line: 1))
    }
    return Rule(
      id: "r\(number)", title: "", logSource: logSources.randomElement(using: &generator)!,
      detection: Detection(
        searches: searches, condition: condition(2, &generator), conditionText: ""),
      location: RuleLocation(file: "", line: 1))
  }

  private static func event(_ generator: inout SeededGenerator) -> EventFields {
    var event = EventFields()
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      var value = ""
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        value += words.randomElement(using: &generator)!
      }
      if Bool.random(using: &generator) { value = value.uppercased() }
      event.append(
        name: fields.randomElement(using: &generator)!, value: value,
        kind: Int.random(in: 0..<10, using: &generator) == 0 ? .null : .string)
    }
    event.logSources = sets.randomElement(using: &generator)!
    return event
  }

  @Test func compiledEqualsNaive() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var matches = 0
    for round in 0..<60 {
      var rules: [Rule] = []
      for number in 0..<40 { rules.append(Self.rule(number, &generator)) }
      let matcher = Matcher(rules: rules)
      var scratch = matcher.makeScratch()
      for _ in 0..<60 {
        let event = Self.event(&generator)
        let expected = NaiveEvaluator().matches(rules, NaiveEvent(event))
        let found = matcher.match(event, scratch: &scratch)
        matches += found.count
        #expect(
          found == expected,
          "seed \(seed), round \(round): \(Self.shown(event)) rules \(Self.differing(found, expected, rules))"
        )
        Self.checkExplanations(rules, event, matched: Set(found), seed: seed)
      }
    }
    #expect(matches > 1000, "the random rules hardly ever match")
  }

  /// A condition over the searches that an explanation says hold gives the match again.
  private static func checkExplanations(
    _ rules: [Rule], _ event: EventFields, matched: Set<Int>, seed: UInt64
  ) {
    let naive = NaiveEvent(event)
    for index in matched.prefix(3) {
      let explanation = RuleExplainer().explain(rules[index], naive)
      let holds = explanation.searches.map(\.holds)
      #expect(value(rules[index].detection.condition, holds), "seed \(seed)")
    }
  }

  private static func value(_ condition: Condition, _ holds: [Bool]) -> Bool {
    switch condition {
    case .search(let index): holds[index]
    case .and(let parts): parts.allSatisfy { value($0, holds) }
    case .or(let parts): parts.contains { value($0, holds) }
    case .not(let part): !value(part, holds)
    case .atLeast(let count, let indices): indices.count { holds[$0] } >= count
    }
  }

  private static func shown(_ event: EventFields) -> String {
    event.entries.map {
      "\(event.name(of: $0))=\(event.value(of: $0).debugDescription)(\($0.kind))"
    }
    .joined(separator: " ")
  }

  private static func differing(_ found: [Int], _ expected: [Int], _ rules: [Rule]) -> String {
    Set(found).symmetricDifference(expected).prefix(1).map { "\(rules[$0].detection)" }.joined()
  }
}
