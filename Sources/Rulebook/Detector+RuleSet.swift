internal import Correlation
public import Sigma

extension Detector {
  /// A detector for rules that are in no store, such as those of a file; each is enabled.
  ///
  /// - Parameter version: that of each rule.
  public convenience init(_ rules: RuleSet, version: Int32 = 1) {
    let runs = DetectionRule.all(of: rules, version: version)
    self.init(layers: [
      DetectorLayer(
        layer: RuleLayer(rules.rules), rules: runs, mask: RuleMask(hiding: [], of: runs.count))
    ])
  }
}

extension DetectionRule {
  /// The rules of a set that is in no store, in its order.
  ///
  /// - Parameter version: that of each rule.
  public static func all(of rules: RuleSet, version: Int32 = 1) -> [DetectionRule] {
    let plans = CorrelationPlanSet(rules, version: { _ in version })
    return rules.rules.enumerated().map { index, rule in
      DetectionRule(
        rule, version: version, carried: rules.correlatedFields(ofRule: index),
        isExplained: plans.plainRules[rule.id] != nil)
    }
  }
}
