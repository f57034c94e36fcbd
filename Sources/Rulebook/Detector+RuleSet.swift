internal import Correlation
public import Sigma

extension Detector {
  /// A detector for rules that are in no store, such as those of a file; each is enabled.
  ///
  /// - Parameter version: that of each rule.
  public convenience init(_ rules: RuleSet, version: Int32 = 1) {
    let plans = CorrelationPlanSet(rules, version: { _ in version })
    let runs = rules.rules.enumerated().map { index, rule in
      DetectionRule(
        rule, version: version, carried: rules.correlatedFields(ofRule: index),
        isExplained: plans.plainRules[rule.id] != nil)
    }
    self.init(layers: [
      DetectorLayer(
        layer: RuleLayer(rules.rules), rules: runs, mask: RuleMask(hiding: [], of: runs.count))
    ])
  }
}
