import Core
import Logging
import RuleStore
import Rulebook
import Service
import Sigma
import Telemetry

#if canImport(Glibc)
  import Glibc
#endif

extension ServerParts {
  /// Makes the rules of the node's files those of the installation, on all nodes and without a gap.
  ///
  /// - Throws: `CommandError` if one of the paths can't be read: a server without the rules that it
  ///   was given would look well and detect nothing.
  static func publishRules(
    _ configuration: ServerConfiguration, in store: RuleStore, _ logger: Logger
  ) async throws {
    for path in configuration.rulePaths where Glibc.access(path, R_OK) != 0 {
      let reason = String(cString: strerror(errno)).lowercased()
      throw CommandError(
        .usage, "HARRIER_RULES: \(path) can't be read (\(reason)): name rule files and folders")
    }
    let files = BaseRuleFiles(paths: configuration.rulePaths)
    for refusal in files.refusals {
      logger.warning(
        "rule refused",
        metadata: [
          "file": "\(refusal.file)", "line": "\(refusal.line)", "reason": "\(refusal.reason)",
        ])
    }
    guard !files.documents.isEmpty else {
      logger.warning(
        "no rules found: those that the database has stay in force",
        metadata: ["paths": "\(configuration.rulePaths.joined(separator: ":"))"])
      return
    }
    let published = try await store.publish(
      files.documents, actor: "files of \(configuration.node)")
    logger.info(
      "rules published",
      metadata: [
        "revision": "\(published.revision)", "added": "\(published.added)",
        "changed": "\(published.changed)", "removed": "\(published.removed)",
      ])
  }

  /// Rules are not vital: without them events are still kept.
  static func ruleCheck(_ store: RuleStore) -> @Sendable () async -> Readiness.Check {
    {
      do {
        let counts = try await store.baseCounts()
        let rules = counts[.detection] ?? 0
        return Readiness.Check(
          name: "rules", isVital: false, isHealthy: rules > 0,
          detail: "\(rules) rules, \(counts[.correlation] ?? 0) correlations, "
            + "\(counts[.filter] ?? 0) filters of the installation")
      } catch {
        return Readiness.Check(
          name: "rules", isVital: false, isHealthy: false, detail: "they can't be read now")
      }
    }
  }
}

/// Counts and logs changes of the rules in force on this node.
struct RulesMonitor: RulebookObserver {
  private let logger: Logger
  private let changes: Counter
  private let failures: Counter

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    changes = metrics.counter(
      "harrier_rules_changes_total", help: "Changes of an organization's rules that took effect.")
    failures = metrics.counter(
      "harrier_rules_failures_total",
      help: "Looks at the rules that failed; those that were known stay in force.")
  }

  func changed(_ rules: CompiledRules) {
    changes.increment()
    logger.info(
      "rules in force",
      metadata: [
        "organization": "\(rules.organization)", "revision": "\(rules.revision)",
        "refused": "\(rules.refusals.count)",
      ])
  }

  func failed(_ error: any Error, organization: OrganizationID?) {
    failures.increment()
    logger.warning("rules could not be read", metadata: ["error": "\(error)"])
  }
}
