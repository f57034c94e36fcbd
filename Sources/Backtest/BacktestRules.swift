public import Correlation
public import Sigma
internal import SigmaYAML

/// One version of what is tested: a rule or several, with the rules that their correlations refer to.
public struct BacktestRules: Sendable {
  public let set: RuleSet
  public let plans: CorrelationPlanSet
  /// The rules and correlations that the report is about.
  public let subjects: Set<String>
  /// What the report calls this version.
  public let version: Int32?

  /// - Parameter subjects: nil for all that the set holds; the rest is there to be referred to, and
  ///   raises nothing in the report.
  /// - Throws: `BacktestError`: `.unknownRule` for a subject that the set has not, `.refused` for
  ///   correlations that cannot be run.
  public init(
    _ set: RuleSet, subjects: Set<String>? = nil, version: Int32? = nil,
    gap: Int64 = CorrelationPlanSet.defaultGap
  ) throws(BacktestError) {
    self.set = set
    self.version = version
    let known = Set(set.rules.map(\.id)).union(set.correlations.map(\.id))
    self.subjects = subjects ?? known
    guard !known.isEmpty else {
      throw BacktestError(.unknownRule, "rule: there is none to test: give at least one")
    }
    if let unknown = self.subjects.subtracting(known).min() {
      throw BacktestError(.unknownRule, "rule: none goes by the id \"\(unknown)\"")
    }
    plans = CorrelationPlanSet(set, gap: gap, version: { _ in version ?? 1 })
    if let refusal = plans.refusals.first {
      throw BacktestError(.refused, "\(refusal)")
    }
  }

  /// Reads rules as Sigma YAML, each text of one document or several.
  ///
  /// - Throws: `BacktestError` of code `.refused` with every refusal, else as above.
  public init(
    yaml texts: [String], subjects: Set<String>? = nil, version: Int32? = nil
  ) throws(BacktestError) {
    let loader = RuleLoader()
    var documents = RuleDocuments()
    for (index, text) in texts.enumerated() {
      let read = loader.documents(text: text, file: "rule \(index + 1)")
      documents.rules += read.rules
      documents.correlations += read.correlations
      documents.filters += read.filters
      documents.refusals += read.refusals
    }
    let loaded = documents.resolved()
    if let first = loaded.refusals.first {
      throw BacktestError(.refused, "\(first)", refusals: loaded.refusals)
    }
    try self.init(loaded.set, subjects: subjects, version: version)
  }

  /// By the rule's index whether its detections are the report's: it is a subject, or one of those
  /// that a subject is made of.
  var reported: [Bool] {
    var reported = set.rules.map { subjects.contains($0.id) }
    var seen: Set<Int> = []
    func mark(_ correlation: Int) {
      guard seen.insert(correlation).inserted else { return }
      for member in set.members[correlation] {
        switch member {
        case .rule(let index): reported[index] = true
        case .correlation(let index): mark(index)
        }
      }
    }
    for (index, correlation) in set.correlations.enumerated()
    where subjects.contains(correlation.id) { mark(index) }
    return reported
  }

  /// Whether a subject raises incidents at all: neither informational nor there for others only.
  var raises: Bool {
    plans.plainRules.keys.contains(where: subjects.contains)
      || plans.families.contains { family in
        family.raisingRuleIDs.contains(where: subjects.contains)
      }
  }
}
