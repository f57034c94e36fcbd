internal import Core
internal import Sigma

/// A second reading of the specification, from a rule's own text, that shares nothing with Harrier's
/// reading of modifiers, patterns and conditions. It has no opinion (nil) on regular expressions, IPv6
/// and dates that are oddly written.
struct SpecificationEvaluator {
  /// Rule field → event field, where they differ.
  var aliases: [String: String] = [:]

  func matches(_ rule: FuzzRule, _ event: FuzzEvent) -> Bool? {
    let wanted = rule.logSource
    let applies = event.sources.sources.contains { source in
      (wanted.category == nil || wanted.category == source.category)
        && (wanted.product == nil || wanted.product == source.product)
        && (wanted.service == nil || wanted.service == source.service)
    }
    guard applies else { return false }
    return holds(rule.condition, rule, event)
  }

  private func holds(
    _ condition: FuzzRule.Condition, _ rule: FuzzRule, _ event: FuzzEvent
  ) -> Bool? {
    switch condition {
    case .search(let index): return holds(rule.searches[index], event)
    case .not(let part): return holds(part, rule, event).map { !$0 }
    case .and(let parts): return Self.all(parts.map { holds($0, rule, event) })
    case .or(let parts): return Self.any(parts.map { holds($0, rule, event) })
    case .of(let count, let pattern):
      let answers = ConditionMaker.matching(pattern, rule.names)
        .map { holds(rule.searches[$0], event) }
      let sure = answers.count { $0 == true }
      let wanted = count ?? answers.count
      if sure >= wanted { return true }
      return sure + answers.count { $0 == nil } >= wanted ? nil : false
    }
  }

  private func holds(_ search: FuzzRule.Search, _ event: FuzzEvent) -> Bool? {
    switch search {
    case .item(let item): holds(item, event)
    case .all(let parts): Self.all(parts.map { holds($0, event) })
    case .any(let parts): Self.any(parts.map { holds($0, event) })
    }
  }

  private static func all(_ answers: [Bool?]) -> Bool? {
    answers.contains(false) ? false : (answers.contains { $0 == nil } ? nil : true)
  }

  private static func any(_ answers: [Bool?]) -> Bool? {
    answers.contains(true) ? true : (answers.contains { $0 == nil } ? nil : false)
  }

  private func holds(_ item: FuzzRule.Item, _ event: FuzzEvent) -> Bool? {
    var chain = item.modifiers
    let isNegated = chain.contains("neq")
    let needsAll = chain.contains("all")
    chain.removeAll { $0 == "neq" || $0 == "all" }
    let texts = occurrences(item.field, event)
    let answers = item.scalars.map { scalar in
      holds(scalar, chain, texts, isKeyword: item.field.isEmpty, event)
    }
    let answer = needsAll ? Self.all(answers) : Self.any(answers)
    return answer.map { $0 != isNegated }
  }

  /// A keyword is sought in all values, one to a line.
  private func occurrences(_ field: String, _ event: FuzzEvent) -> [String?] {
    guard field.isEmpty else {
      let name = aliases[field] ?? field
      return event.fields.filter { $0.name == name }.map(\.value)
    }
    var text = ""
    for case let value? in event.fields.map(\.value) {
      if !text.unicodeScalars.isEmpty { text.unicodeScalars.append("\n") }
      text.unicodeScalars.append(contentsOf: value.unicodeScalars)
    }
    return [text]
  }

  private func holds(
    _ scalar: RuleScalar, _ chain: [String], _ texts: [String?], isKeyword: Bool,
    _ event: FuzzEvent
  ) -> Bool? {
    let values = texts.compactMap(\.self)
    if chain.contains("re") { return nil }
    switch scalar {
    case .null: return texts.isEmpty || texts.contains { $0 == nil }
    case .bool(let flag) where chain == ["exists"]: return texts.isEmpty != flag
    default: break
    }
    if chain == ["cidr"] {
      return Self.any(values.map { Network.holds(scalar.text, $0) })
    }
    if let part = chain.first(where: { DateText.parts.contains($0) }) {
      let comparison = chain.first { $0 != part } ?? "eq"
      return Self.any(values.map { DateText.holds($0, part, comparison, scalar.text) })
    }
    if let comparison = chain.first(where: { ["gt", "gte", "lt", "lte"].contains($0) }) {
      return Self.any(values.map { NumberText.holds($0, comparison, scalar.text) })
    }
    var patterns = [PatternText(scalar)]
    for modifier in chain where modifier != "fieldref" {
      patterns = patterns.flatMap { $0.modified(by: modifier) }
    }
    if chain.contains("fieldref") {
      let others = occurrences(scalar.text, event).compactMap(\.self)
      patterns = others.flatMap { other in
        chain.dropFirst().reduce([PatternText(literal: other)]) { patterns, modifier in
          patterns.flatMap { $0.modified(by: modifier) }
        }
      }
    }
    if isKeyword { patterns = patterns.flatMap { $0.modified(by: "contains") } }
    return values.contains { value in patterns.contains { $0.matches(value) } }
  }
}
