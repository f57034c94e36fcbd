public import RuleStore
public import Sigma
internal import SigmaYAML

/// Some rules taken out of an organization's, to be run or explained by themselves.
public struct RuleTrialSet: Sendable {
  /// What was asked for, with what it refers to, as the organization's filters narrow it.
  public let set: RuleSet
  /// Those that were asked for, and the correlations that they feed.
  public let subjects: Set<String>
  /// Why some of what was asked for is not in the set.
  public let refusals: [RuleRefusal]
}

extension CompiledRules {
  /// Rules and correlations by themselves, as if they were enabled.
  ///
  /// - Parameters:
  ///   - ids: what is asked for.
  ///   - records: versions that stand in the place of those in force, such as former ones.
  ///   - isFeeding: whether the correlations that they feed are taken as well.
  public func trial(
    of ids: Set<String>, with records: [RuleRecord] = [], feeding isFeeding: Bool = false
  ) -> RuleTrialSet {
    var state = RuleState(self)
    var refusals: [RuleRefusal] = []
    for record in records {
      let (documents, refused) = RuleLoader().separate(text: record.source, file: record.id)
      refusals += refused
      guard refused.isEmpty, documents.count == 1, documents[0].id == record.id else { continue }
      var enabled = record
      enabled.mode = .enabled
      enabled.isBase = false
      state.own.put(documents, as: [enabled])
    }
    for id in ids {
      state.own.setMode(.enabled, of: id)
      state.baseModes[id] = nil
    }
    return take(ids, of: state.effective, refusals, isFeeding)
  }

  /// The same for a text of one document or several that stand in the place of those with their ids.
  /// What of it cannot be run is among the refusals.
  public func trial(
    of ids: Set<String>, document text: String, feeding isFeeding: Bool = false
  ) -> RuleTrialSet {
    let (documents, refused) = RuleLoader().separate(text: text, file: Self.draftName)
    let (drafts, doubles) = RuleDrafts.unique(documents)
    var state = RuleState(self)
    state.own.put(
      drafts,
      as: drafts.map { draft in
        RuleRecord(
          RuleDocument(draft), mode: .enabled, version: (record(draft.id)?.version ?? 0) + 1)
      })
    return take(ids, of: state.effective, refused + doubles, isFeeding)
  }

  private func take(
    _ ids: Set<String>, of rules: EffectiveRules, _ unreadable: [RuleRefusal], _ isFeeding: Bool
  ) -> RuleTrialSet {
    var picked = PickedRules(rules.set)
    var subjects = ids
    for id in ids.sorted() {
      picked.take(id)
      guard isFeeding else { continue }
      for correlation in rules.set.fed(by: id) where subjects.insert(correlation).inserted {
        picked.take(correlation)
      }
    }
    let (set, unresolved) = picked.resolved()
    let known = Set(set.rules.map(\.id)).union(set.correlations.map(\.id))
    let refused = rules.refusals.filter { refusal in
      ids.contains(refusal.file) || refusal.rule.map(ids.contains) ?? false
    }
    return RuleTrialSet(
      set: set, subjects: subjects.intersection(known),
      refusals: unreadable + refused + unresolved)
  }
}

/// Rules with what they refer to.
private struct PickedRules {
  private let all: RuleSet
  private var rules: Set<Int> = []
  private var correlations: Set<Int> = []

  init(_ all: RuleSet) {
    self.all = all
  }

  mutating func take(_ id: String) {
    if let rule = all.index(ofRule: id) { rules.insert(rule) }
    if let correlation = all.index(ofCorrelation: id) { take(correlation) }
  }

  private mutating func take(_ correlation: Int) {
    guard correlations.insert(correlation).inserted else { return }
    for member in all.members[correlation] {
      switch member {
      case .rule(let index): rules.insert(index)
      case .correlation(let index): take(index)
      }
    }
  }

  func resolved() -> (set: RuleSet, refusals: [RuleRefusal]) {
    RuleSet.resolve(
      rules: rules.sorted().map { all.rules[$0] },
      correlations: correlations.sorted().map { all.correlations[$0] })
  }
}

extension RuleSet {
  /// The correlations that a rule or a correlation feeds, directly or by way of others.
  fileprivate func fed(by id: String) -> [String] {
    var open: [Int] = []
    if let rule = index(ofRule: id) { open = usesOfRule[rule].map(\.correlation) }
    if let correlation = index(ofCorrelation: id) {
      open = usesOfCorrelation[correlation].map(\.correlation)
    }
    var found: Set<Int> = []
    while let next = open.popLast() {
      guard found.insert(next).inserted else { continue }
      open += usesOfCorrelation[next].map(\.correlation)
    }
    return found.sorted().map { correlations[$0].id }
  }
}
