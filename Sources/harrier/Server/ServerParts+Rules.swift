import Logging
import Service
import Sigma
import SigmaYAML
import Telemetry

#if canImport(Glibc)
  import Glibc
#endif

extension ServerParts {
  /// Loads the rules that are in force while the server runs.
  ///
  /// - Throws: `CommandError` if one of the paths can't be read: a server without the rules that it
  ///   was given would look well and detect nothing.
  static func loadRules(_ paths: [String], _ logger: Logger) throws -> LoadedRules {
    for path in paths where Glibc.access(path, R_OK) != 0 {
      let reason = String(cString: strerror(errno)).lowercased()
      throw CommandError(
        .usage, "HARRIER_RULES: \(path) can't be read (\(reason)): name rule files and folders")
    }
    let loaded = RuleLoader().load(paths: paths)
    for refusal in loaded.refusals {
      logger.warning(
        "rule refused",
        metadata: [
          "file": "\(refusal.file)", "line": "\(refusal.line)", "reason": "\(refusal.reason)",
        ])
    }
    if loaded.set.rules.isEmpty {
      logger.warning(
        "no rules found: events are stored and nothing is detected",
        metadata: ["paths": "\(paths.joined(separator: ":"))"])
    }
    logger.info(
      "rules loaded",
      metadata: [
        "rules": "\(loaded.set.rules.count)", "correlations": "\(loaded.set.correlations.count)",
      ])
    return loaded
  }

  static func measure(_ loaded: LoadedRules, in metrics: MetricsRegistry) {
    let rules = metrics.gauge("harrier_rules", help: "Rules in force.", labels: ["kind"])
    rules["detection"].set(loaded.set.rules.count)
    rules["correlation"].set(loaded.set.correlations.count)
    rules["refused"].set(loaded.refusals.count)
  }

  /// Rules are not vital: without them events are still kept.
  static func ruleCheck(_ loaded: LoadedRules) -> @Sendable () async -> Readiness.Check {
    let rules = loaded.set.rules.count
    let correlations = loaded.set.correlations.count
    let refused = loaded.refusals.count
    return {
      Readiness.Check(
        name: "rules", isVital: false, isHealthy: rules > 0,
        detail: "\(rules) rules, \(correlations) correlations, \(refused) refused")
    }
  }
}
