import Core
import Testing

@testable public import Sigma

/// Runs rules by every evaluator there is and insists that they agree.
struct Judge {
  static let source = LogSource(product: "test")

  /// A rule with one search, `selection`, of the given lines joined by AND.
  static func rule(_ lines: [(String, [RuleScalar])]) throws -> Rule {
    try rule("rule", lines)
  }

  static func rule(_ id: String, _ lines: [(String, [RuleScalar])]) throws -> Rule {
    try rule(id, searches: [("selection", lines)], condition: "selection")
  }

  static func rule(
    _ id: String = "rule", searches: [(String, [(String, [RuleScalar])])], condition: String
  ) throws -> Rule {
    let built = try searches.map { name, lines in
      let items = try lines.map { key, scalars in
        SearchExpression.item(try FieldItem(key: key, scalars: scalars, line: 1))
      }
      return Search(identifier: name, expression: .all(items), line: 1)
    }
    let tree = try ConditionParser(identifiers: searches.map(\.0)).parse(condition)
    return Rule(
      id: id, title: id, logSource: source,
      detection: Detection(searches: built, condition: tree, conditionText: condition),
      location: RuleLocation(file: "\(id).yml", line: 1))
  }

  static func event(_ fields: [(String, String?)]) -> EventFields {
    var event = EventFields()
    for (name, value) in fields {
      event.append(name: name, value: value ?? "", kind: value == nil ? .null : .string)
    }
    event.logSources = sources
    return event
  }

  static let sources = LogSourceSet([source])

  /// Whether the rule matches, by the naive evaluator and the compiled matcher alike.
  static func matches(
    _ rule: Rule, _ event: EventFields, aliases: [String: String] = [:],
    location: Testing.SourceLocation = #_sourceLocation
  ) -> Bool {
    let naive = NaiveEvaluator(aliases: aliases).matches(rule, NaiveEvent(event))
    let matcher = Matcher(rules: [rule], aliases: aliases)
    var scratch = matcher.makeScratch()
    let compiled = !matcher.match(event, scratch: &scratch).isEmpty
    // Once more with the automata filled.
    let again = !matcher.match(event, scratch: &scratch).isEmpty
    #expect(
      naive == compiled && compiled == again, "the evaluators differ", sourceLocation: location)
    return naive
  }

  /// Whether one line of a rule matches one field of an event.
  static func line(
    _ key: String, _ scalars: RuleScalar..., on value: String?,
    location: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let field = key.split(separator: "|").first.map(String.init) ?? key
    return matches(
      try rule([(key, scalars)]), event([("Other", "filler"), (field, value)]), location: location)
  }
}

extension RuleScalar: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}
