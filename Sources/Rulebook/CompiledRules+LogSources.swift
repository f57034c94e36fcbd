public import Core
internal import Sigma

extension CompiledRules {
  /// Which log sources each rule that runs reads. A correlation reads those of all the rules that it
  /// takes, also by way of other correlations.
  public var logSources: [String: Set<LogSource>] {
    var found: [String: Set<LogSource>] = [:]
    for layer in set.layers {
      for (index, rule) in layer.rules.enumerated() where !layer.mask.hides(index) {
        found[rule.id, default: []].insert(rule.rule.logSource)
        for correlation in set.feeds[rule.id] ?? [] {
          found[correlation, default: []].insert(rule.rule.logSource)
        }
      }
    }
    return found
  }
}
