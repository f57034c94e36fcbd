extension RuleSet {
  /// Resolves every reference. What does not fit is refused, and with it every correlation that
  /// refers to it, and the rest is the set.
  public static func resolve(
    rules: [Rule], correlations: [CorrelationRule]
  ) -> (set: RuleSet, refusals: [RuleRefusal]) {
    var resolver = RuleSetResolver(rules: rules, correlations: correlations)
    return resolver.resolve()
  }
}

private struct RuleSetResolver {
  var rules: [Rule] = []
  var correlations: [CorrelationRule] = []
  var refusals: [RuleRefusal] = []
  var targets: [String: Set<RuleSet.Member>] = [:]

  init(rules allRules: [Rule], correlations allCorrelations: [CorrelationRule]) {
    var ids: [String: RuleLocation] = [:]
    for rule in allRules where isNew(rule.id, rule.location, &ids) { rules.append(rule) }
    for rule in allCorrelations where isNew(rule.id, rule.location, &ids) {
      correlations.append(rule)
    }
  }

  private mutating func isNew(
    _ id: String, _ location: RuleLocation, _ ids: inout [String: RuleLocation]
  ) -> Bool {
    if let first = ids[id] {
      refuse(.duplicate, "the id stands already at \(first): give this rule its own", id, location)
      return false
    }
    ids[id] = location
    return true
  }

  private mutating func refuse(
    _ code: SigmaError.Code, _ reason: String, _ rule: String, _ location: RuleLocation
  ) {
    refusals.append(RuleRefusal(SigmaError(code, reason), at: location, rule: rule))
  }

  mutating func resolve() -> (set: RuleSet, refusals: [RuleRefusal]) {
    while true {
      indexTargets()
      let refused = correlations.map { correlation in problem(of: correlation) }
      guard refused.contains(where: { $0 != nil }) else { break }
      keepCorrelations(refused)
    }
    var order: [Int] = []
    while true {
      let cyclic: Set<Int>
      (order, cyclic) = sorted()
      guard !cyclic.isEmpty else { break }
      let names = correlations.indices.filter { cyclic.contains($0) }.map { correlations[$0].id }
      let problem = SigmaError(
        .cycle, "it refers to itself by way of \(names.joined(separator: ", ")): break the cycle")
      keepCorrelations(correlations.indices.map { cyclic.contains($0) ? problem : nil })
      indexTargets()
    }
    correlations = correlations.map { $0.renamed(names(of: $0)) }
    let members = correlations.map { $0.rules.map { reference in targets[reference]!.first! } }
    let set = RuleSet(
      rules: rules, correlations: correlations, members: members, evaluationOrder: order)
    return (set, refusals)
  }

  private mutating func keepCorrelations(_ problems: [SigmaError?]) {
    for (correlation, problem) in zip(correlations, problems) {
      guard let problem else { continue }
      refusals.append(RuleRefusal(problem, at: correlation.location, rule: correlation.id))
    }
    correlations = zip(correlations, problems).filter { $0.1 == nil }.map(\.0)
  }

  private mutating func indexTargets() {
    targets = [:]
    for (index, rule) in rules.enumerated() {
      targets[rule.id, default: []].insert(.rule(index))
      if let name = rule.name { targets[name, default: []].insert(.rule(index)) }
    }
    for (index, rule) in correlations.enumerated() {
      targets[rule.id, default: []].insert(.correlation(index))
      if let name = rule.name { targets[name, default: []].insert(.correlation(index)) }
    }
  }

  private func problem(of correlation: CorrelationRule) -> SigmaError? {
    for reference in correlation.rules {
      let found = targets[reference]?.count ?? 0
      if found == 0 {
        return SigmaError(
          .unknownReference,
          "rules: no loaded rule has the id or name \"\(reference)\": load it, or mend the reference"
        )
      }
      if found > 1 {
        return SigmaError(
          .ambiguousReference,
          "rules: \(found) rules go by \"\(reference)\": refer to the one you mean by its id")
      }
    }
    return misnaming(of: correlation)
  }

  /// What is wrong with the names in aliases and in an extended condition, whose rules may go by their
  /// name here and by their id in `rules`.
  private func misnaming(of correlation: CorrelationRule) -> SigmaError? {
    let members = Set(correlation.rules.map { targets[$0] })
    if members.count < Set(correlation.rules).count, correlation.kind != .temporalOrdered {
      return SigmaError(.duplicate, "rules: a rule stands twice, by its id and by its name")
    }
    let names = names(of: correlation)
    for (alias, fields) in correlation.aliases.sorted(by: { $0.key < $1.key }) {
      if let odd = fields.keys.sorted().first(where: { names[$0] == nil }) {
        return SigmaError(
          .unknownReference,
          "correlation.aliases.\(alias).\(odd) is not among the correlation's rules: add it to rules, or mend the name"
        )
      }
      guard Set(fields.keys.map { names[$0] }).count == fields.count else {
        return SigmaError(
          .duplicate, "correlation.aliases.\(alias): a rule stands twice, by its id and by its name"
        )
      }
    }
    guard case .expression(let expression) = correlation.condition else { return nil }
    let references = expression.references
    if let odd = references.first(where: { names[$0] == nil }) {
      return SigmaError(
        .unknownReference, "correlation.condition: \"\(odd)\" is not among the correlation's rules")
    }
    if let idle = correlation.rules.first(where: { rule in
      !references.contains { names[$0] == rule }
    }) {
      return SigmaError(
        .condition, "correlation.condition: it leaves out \"\(idle)\" of the correlation's rules")
    }
    guard expression.canHold else {
      return SigmaError(
        .condition, "correlation.condition: it can never hold: name a rule that has to fire")
    }
    return nil
  }

  /// Every name that aliases and the condition use → the text by which `rules` refers to the same.
  private func names(of correlation: CorrelationRule) -> [String: String] {
    var references: [RuleSet.Member: String] = [:]
    for reference in correlation.rules.reversed() {
      if let member = targets[reference]?.first { references[member] = reference }
    }
    var used = correlation.rules + correlation.aliases.values.flatMap(\.keys)
    if case .expression(let expression) = correlation.condition { used += expression.references }
    var names: [String: String] = [:]
    for name in used {
      guard let found = targets[name], found.count == 1, let member = found.first else { continue }
      names[name] = references[member]
    }
    return names
  }

  /// Referenced correlations first; the second part holds those that lie on a cycle or behind one.
  private func sorted() -> (order: [Int], cyclic: Set<Int>) {
    var order: [Int] = []
    var done: Set<Int> = []
    var progress = true
    while progress {
      progress = false
      for index in correlations.indices where !done.contains(index) {
        let ready = correlations[index].rules.allSatisfy { reference in
          guard case .correlation(let inner)? = targets[reference]?.first else { return true }
          return done.contains(inner)
        }
        guard ready else { continue }
        order.append(index)
        done.insert(index)
        progress = true
      }
    }
    return (order, Set(correlations.indices).subtracting(done))
  }
}

extension CorrelationRule {
  /// The same with the names in aliases and the condition replaced by those in `rules`.
  fileprivate func renamed(_ names: [String: String]) -> CorrelationRule {
    var rule = self
    rule.aliases = aliases.mapValues { fields in
      Dictionary(fields.map { (names[$0.key] ?? $0.key, $0.value) }) { first, _ in first }
    }
    if case .expression(let expression) = condition {
      rule.condition = .expression(expression.renamed(names))
    }
    return rule
  }
}

extension CorrelationExpression {
  fileprivate func renamed(_ names: [String: String]) -> CorrelationExpression {
    switch self {
    case .rule(let reference): .rule(names[reference] ?? reference)
    case .not(let part): .not(part.renamed(names))
    case .and(let parts): .and(parts.map { $0.renamed(names) })
    case .or(let parts): .or(parts.map { $0.renamed(names) })
    }
  }
}
