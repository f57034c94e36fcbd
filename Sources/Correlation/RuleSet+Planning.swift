internal import Core
internal import Sigma

extension RuleSet {
  /// The plans of the correlations by their index, and why the others have none.
  func plans(
    _ origins: IncidentOrigins, version: (String) -> Int32
  ) -> (plans: [Int: CorrelationPlan], refusals: [CorrelationError]) {
    var plans: [Int: CorrelationPlan] = [:]
    var refusals: [CorrelationError] = []
    for index in evaluationOrder {
      do {
        plans[index] = try plan(
          correlation: index, planned: plans, raises: origins.correlations[index],
          version: version)
      } catch {
        refusals.append(error)
      }
    }
    return (plans, refusals)
  }

  /// The episodes of the rules that raise incidents of their own.
  func plainPlans(
    _ origins: IncidentOrigins, gap: Int64, version: (String) -> Int32,
    refusals: inout [CorrelationError]
  ) -> [CorrelationPlan] {
    var plain: [CorrelationPlan] = []
    for (index, rule) in rules.enumerated() where origins.rules[index] {
      guard let severity = rule.level.incidentSeverity else { continue }
      do {
        plain.append(
          try CorrelationPlan(
            ruleID: rule.id, version: version(rule.id), title: rule.title, severity: severity,
            tactics: rule.attack.tactics, techniques: rule.attack.techniques, timespan: gap,
            groupNames: [], steps: [], condition: .always))
      } catch {
        refusals.append(error)
      }
    }
    return plain
  }

  /// The plan of a correlation, whose references are planned already.
  private func plan(
    correlation index: Int, planned: [Int: CorrelationPlan], raises: Bool,
    version: (String) -> Int32
  ) throws(CorrelationError) -> CorrelationPlan {
    let rule = correlations[index]
    var steps: [CorrelationPlan.Step] = []
    var valueFields: [String] = []
    if case .comparison(let comparison) = rule.condition { valueFields = comparison.fields }
    for (reference, member) in zip(rule.rules, members[index]) {
      if case .correlation(let inner) = member, planned[inner] == nil {
        throw CorrelationError(
          .unknownRule, rule: rule.id, "rules: \"\(reference)\" is refused, and so is this")
      }
      steps.append(
        CorrelationPlan.Step(
          ruleID: id(of: member),
          groupFields: rule.groupBy.map { rule.field($0, ofReference: reference) },
          valueFields: valueFields.map { rule.field($0, ofReference: reference) }))
    }
    let severity = rule.level.incidentSeverity
    return try CorrelationPlan(
      ruleID: rule.id, version: version(rule.id), title: rule.title, severity: severity ?? .low,
      raises: severity != nil && raises,
      tactics: rule.attack.tactics, techniques: rule.attack.techniques,
      timespan: rule.timespanMicroseconds, groupNames: rule.groupBy, steps: steps,
      condition: try condition(of: rule))
  }

  private func id(of member: Member) -> String {
    switch member {
    case .rule(let index): rules[index].id
    case .correlation(let index): correlations[index].id
    }
  }

  private func condition(
    of rule: CorrelationRule
  ) throws(CorrelationError) -> CorrelationPlan.Condition {
    switch rule.condition {
    case .expression(let expression):
      guard rule.kind == .temporal else {
        throw CorrelationError(
          .unsupported, rule: rule.id,
          "condition: a condition over rules has no order: use type temporal")
      }
      return .extended(try self.expression(expression, rule))
    case .comparison(let comparison):
      return try condition(of: rule, comparison)
    }
  }

  private func condition(
    of rule: CorrelationRule, _ comparison: CorrelationComparison
  ) throws(CorrelationError) -> CorrelationPlan.Condition {
    let threshold = comparison.threshold
    switch rule.kind {
    case .eventCount: return .eventCount(threshold)
    case .valueCount: return .valueCount(threshold)
    case .valueSum: return .valueSum(threshold)
    case .valueAvg: return .valueAverage(threshold)
    case .valuePercentile:
      guard let rank = comparison.percentile else {
        throw CorrelationError(
          .unsupported, rule: rule.id, "condition: percentile: say which, from 0 to 100")
      }
      return .valuePercentile(rank: rank, threshold)
    case .temporal: return .rules(threshold)
    case .temporalOrdered:
      // A rule that the sequence asks for twice may be counted once.
      let counts = [rule.rules.count, Set(rule.rules).count]
      guard counts.contains(where: { threshold == .atLeast($0) }) else {
        throw CorrelationError(
          .unsupported, rule: rule.id,
          "condition: temporal_ordered asks for all rules in order: leave the condition out")
      }
      return .ordered
    }
  }

  private func expression(
    _ expression: CorrelationExpression, _ rule: CorrelationRule
  ) throws(CorrelationError) -> RuleExpression {
    switch expression {
    case .rule(let reference):
      guard let step = rule.rules.firstIndex(of: reference) else {
        throw CorrelationError(
          .unknownRule, rule: rule.id, "condition: \"\(reference)\" is not one of its rules")
      }
      return .rule(step)
    case .not(let part): return .not(try self.expression(part, rule))
    case .and(let parts):
      return .and(
        try parts.map { part throws(CorrelationError) in
          try self.expression(part, rule)
        })
    case .or(let parts):
      return .or(
        try parts.map { part throws(CorrelationError) in
          try self.expression(part, rule)
        })
    }
  }

  /// Groups correlations that refer to one another, directly or not, keeping the order.
  func connected(_ order: [Int]) -> [[Int]] {
    var family = Dictionary(uniqueKeysWithValues: order.map { ($0, $0) })
    for outer in order {
      for case .correlation(let inner) in members[outer] {
        guard let from = family[outer], let into = family[inner], from != into else { continue }
        for (index, value) in family where value == from { family[index] = into }
      }
    }
    var result: [[Int]] = []
    var place: [Int: Int] = [:]
    for index in order {
      guard let name = family[index] else { continue }
      if let at = place[name] {
        result[at].append(index)
      } else {
        place[name] = result.count
        result.append([index])
      }
    }
    return result
  }
}

extension CorrelationComparison {
  var threshold: Threshold {
    Threshold(terms.map { Threshold.Bound($0.comparison, $0.value.double) })
  }
}
