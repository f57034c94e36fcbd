public import Core
internal import Correlation
public import RuleStore
public import Sigma
internal import SigmaYAML

extension Rulebook {
  /// The rules of an organization as they are now, on whatever node they were changed.
  ///
  /// - Throws: the store's error.
  public func latest(_ organization: OrganizationID) async throws -> CompiledRules {
    try await refresh(organization)
  }

  /// As `CompiledRules.check(document:mode:)` says of the rules as they are now.
  ///
  /// - Throws: the store's error.
  public func check(
    document text: String, mode: RuleMode? = nil, for organization: OrganizationID
  ) async throws -> RuleCheck {
    try await refresh(organization).check(document: text, mode: mode)
  }

  /// As `CompiledRules.consequences(of:)` says of the rules as they are now.
  ///
  /// - Throws: the store's error.
  public func consequences(
    of edit: RuleEdit, for organization: OrganizationID
  ) async throws -> [RuleRefusal] {
    try await refresh(organization).consequences(of: edit)
  }
}

extension CompiledRules {
  /// What refusals call the text that is checked.
  static let draftName = "document"
  /// Documents that may be checked together.
  static let maximumDrafts = 100

  /// Reads one or several documents and says what would become of them among these rules. Nothing is
  /// stored.
  ///
  /// - Parameter mode: the mode to have; nil for that of the document with the same id, else enabled.
  public func check(document text: String, mode: RuleMode? = nil) -> RuleCheck {
    var limits = RuleLoaderLimits()
    limits.documentsPerFile = Self.maximumDrafts
    let (read, unreadable) = RuleLoader(limits: limits).separate(text: text, file: Self.draftName)
    let (drafts, refused) = RuleDrafts.unique(read)
    let before = RuleState(self)
    var after = before
    after.own.put(
      drafts,
      as: drafts.map { draft in
        RuleRecord(
          RuleDocument(draft), mode: mode ?? record(draft.id)?.mode ?? .enabled,
          version: (record(draft.id)?.version ?? 0) + 1)
      })
    let (own, others) = Self.news(before, after, about: Set(drafts.map(\.id)))
    var refusals = unreadable + refused + own
    if drafts.isEmpty, refusals.isEmpty {
      let error = SigmaError(.structure, "no document: write a rule, a correlation or a filter")
      refusals = [RuleRefusal(error, at: RuleLocation(file: Self.draftName, line: 1), rule: nil)]
    }
    return RuleCheck(
      documents: drafts.map { RuleDocument($0) },
      refusals: refusals.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }, breaks: others)
  }

  /// What of the other rules would no longer run after a change, such as correlations that lose a rule.
  public func consequences(of edit: RuleEdit) -> [RuleRefusal] {
    let before = RuleState(self)
    var after = before
    switch edit {
    case .setMode(let id, let mode):
      if after.own.records[id] != nil {
        after.own.setMode(mode, of: id)
      } else {
        after.baseModes[id] = mode
      }
      return Self.news(before, after, about: [id]).others
    case .delete(let id):
      after.own.remove(id)
      return Self.news(before, after, about: [id]).others
    }
  }

  /// Refusals after a change that were not there before, of some rules and of the others.
  private static func news(
    _ before: RuleState, _ after: RuleState, about ids: Set<String>
  ) -> (own: [RuleRefusal], others: [RuleRefusal]) {
    let known = Set(before.refusals)
    let all = after.refusals
    return (
      all.filter { $0.rule.map(ids.contains) ?? false },
      all.filter { !($0.rule.map(ids.contains) ?? false) && !known.contains($0) }
    )
  }
}

/// An organization's rules before they are compiled, to be changed and judged.
struct RuleState {
  let base: CompiledBase
  var own: ParsedRules
  var baseModes: [String: RuleMode]

  init(_ rules: CompiledRules) {
    base = rules.base
    own = ParsedRules(rules.set.view.own.values.sorted { $0.id < $1.id })
    baseModes = rules.set.view.baseModes
  }

  var effective: EffectiveRules {
    EffectiveRules(base: base.parsed, narrowed: base.narrowed, own: own, baseModes: baseModes)
  }

  /// What would not run.
  var refusals: [RuleRefusal] {
    let rules = effective
    let plans = CorrelationPlanSet(rules.set)
    return rules.refusals + plans.refusals.map { RuleRefusal($0, in: rules.set) }
  }
}

extension RuleRecord {
  /// A document as it would be if it were stored.
  init(_ document: RuleDocument, mode: RuleMode, version: Int32) {
    self.init(
      id: document.id, version: version, kind: document.kind, mode: mode, title: document.title,
      level: document.level, source: document.source, createdAt: Timestamp(microseconds: 0),
      createdBy: "")
  }
}
