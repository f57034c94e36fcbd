internal import Correlation
internal import RuleStore
internal import Sigma

/// Effective rules, compiled. Organizations that add no rules and change none share one.
final class CompiledSet: Sendable {
  let layers: [DetectorLayer]
  let plans: CorrelationPlanSet
  let refusals: [RuleRefusal]
  let view: RecordView
  /// For each rule the correlations that it feeds, directly or by way of others.
  let feeds: [String: [String]]
  /// Without exceptions.
  let detector: Detector

  /// - Parameters:
  ///   - baseLayer: the installation's rules, all of them, as compiled.
  ///   - baseRules: those by index, as other organizations see them; reused where they are the same.
  ///   - basePlans: likewise.
  ///   - gap: microseconds between a plain rule's incidents.
  init(
    _ rules: EffectiveRules, baseLayer: RuleLayer, baseRules: [DetectionRule],
    basePlans: CorrelationPlanSet = .empty, gap: Int64
  ) {
    let view = rules.view
    let plans = CorrelationPlanSet(
      rules.set, gap: gap, version: { view.version(of: $0) },
      raises: { view.mode(of: $0) == .enabled }
    ).sharing(basePlans, for: rules.keptBase.map { baseRules[$0].id })
    var runs = baseRules
    var own: [DetectionRule] = []
    for index in rules.set.rules.indices {
      let rule = rules.set.rules[index]
      let carried = rules.set.correlatedFields(ofRule: index)
      let isExplained = plans.plainRules[rule.id] != nil
      if index < rules.keptBase.count {
        let known = rules.keptBase[index]
        if baseRules[known].carries(carried, isExplained: isExplained) { continue }
        runs[known] = DetectionRule(
          rule, version: view.version(of: rule.id), carried: carried, isExplained: isExplained)
      } else {
        own.append(
          DetectionRule(
            rule, version: view.version(of: rule.id), carried: carried, isExplained: isExplained))
      }
    }
    let hidden = Set(baseRules.indices).subtracting(rules.keptBase)
    var layers = [
      DetectorLayer(
        layer: baseLayer, rules: runs, mask: RuleMask(hiding: hidden, of: baseRules.count))
    ]
    if !own.isEmpty {
      layers.append(
        DetectorLayer(
          layer: RuleLayer(rules.ownRules), rules: own, mask: RuleMask(hiding: [], of: own.count)))
    }
    self.layers = layers
    self.plans = plans
    self.view = view
    feeds = rules.set.feeds
    refusals = rules.refusals + plans.refusals.map { RuleRefusal($0, in: rules.set) }
    detector = Detector(layers: layers)
  }
}

extension CorrelationPlanSet {
  /// The same with the plain plans of some rules, which are equal there, taken from another set.
  fileprivate func sharing(_ other: Self, for ids: [String]) -> Self {
    guard !other.plainRules.isEmpty else { return self }
    var plain = plainRules
    for id in ids {
      if let index = plain.index(forKey: id), let known = other.plainRules[id] {
        plain.values[index] = known
      }
    }
    return Self(families: families, plainRules: Array(plain.values), refusals: refusals)
  }
}

extension RuleSet {
  /// For each rule that has any the correlations that it feeds, directly or by way of others, sorted.
  var feeds: [String: [String]] {
    var feeds: [String: [String]] = [:]
    for index in rules.indices where !usesOfRule[index].isEmpty {
      var found: Set<Int> = []
      var open = usesOfRule[index].map(\.correlation)
      while let next = open.popLast() {
        guard found.insert(next).inserted else { continue }
        open += usesOfCorrelation[next].map(\.correlation)
      }
      feeds[rules[index].id] = found.map { correlations[$0].id }.sorted()
    }
    return feeds
  }
}

extension RuleRefusal {
  init(_ error: CorrelationError, in set: RuleSet) {
    let location =
      set.index(ofCorrelation: error.rule).map { set.correlations[$0].location }
      ?? RuleLocation(file: error.rule, line: 1)
    let code: SigmaError.Code =
      switch error.code {
      case .tooManyRules: .limit
      case .timespan: .value
      case .unknownRule: .unknownReference
      case .cycle: .cycle
      case .unsupported: .unsupported
      }
    self.init(SigmaError(code, error.message), at: location, rule: error.rule)
  }
}
