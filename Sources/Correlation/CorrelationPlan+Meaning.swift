extension CorrelationPlan {
  /// A text that is the same for plans that hold at the same moments of the same detections.
  ///
  /// - Parameter inner: the texts of the correlations that it may refer to, by their ids.
  func definition(_ inner: [String: String]) -> String {
    let steps = self.steps.map { step in
      Self.list([
        inner[step.ruleID].map { "correlation \($0)" } ?? "rule \(step.ruleID)",
        Self.list(step.groupFields.map { $0.map { "=\($0)" } ?? "" }),
        Self.list(step.valueFields.map { $0.map { "=\($0)" } ?? "" }),
      ])
    }
    return BoundedText.digest(
      of: Self.list([
        String(timespan), Self.list(groupNames), condition.definition, Self.list(steps),
      ]))
  }

  /// Each text with its length before it, so that no two lists look alike.
  fileprivate static func list(_ texts: [String]) -> String {
    texts.map { "\($0.utf8.count):\($0)" }.joined()
  }
}

extension CorrelationPlan.Condition {
  fileprivate var definition: String {
    switch self {
    case .always: "always"
    case .eventCount(let threshold): "event_count \(threshold)"
    case .valueCount(let threshold): "value_count \(threshold)"
    case .valueSum(let threshold): "value_sum \(threshold)"
    case .valueAverage(let threshold): "value_avg \(threshold)"
    case .valuePercentile(let rank, let threshold): "value_percentile \(rank) \(threshold)"
    case .rules(let threshold): "temporal \(threshold)"
    case .ordered: "temporal_ordered"
    case .extended(let expression): "extended \(expression.definition)"
    }
  }
}

extension RuleExpression {
  fileprivate var definition: String {
    switch self {
    case .rule(let step): String(step)
    case .not(let inner): "not(\(inner.definition))"
    case .and(let parts): "and(\(parts.map(\.definition).joined(separator: ",")))"
    case .or(let parts): "or(\(parts.map(\.definition).joined(separator: ",")))"
    }
  }
}

extension CorrelationFamily {
  /// What each of its correlations means: another text where one of the same detections could make
  /// another incident, with the correlations that it refers to.
  var meanings: [String: String] {
    var definitions: [String: String] = [:]
    var meanings: [String: String] = [:]
    for plan in plans {
      let definition = plan.definition(definitions)
      definitions[plan.ruleID] = definition
      meanings[plan.ruleID] = "\(plan.raises ? "raises" : "feeds") \(definition)"
    }
    return meanings
  }
}
