internal import RuleStore
internal import Sigma

/// The rules that run for an organization: which of the installation's as they are, and which of its
/// own, resolved together.
struct EffectiveRules: Sendable {
  /// Rules of the base layer that run as they are compiled there, by their index, ascending.
  let keptBase: [Int]
  /// Rules that need compiling: the organization's, and the installation's as its filters narrow them.
  let ownRules: [Rule]
  /// The kept ones, then the own ones, and all correlations.
  let set: RuleSet
  let refusals: [RuleRefusal]
  let view: RecordView

  /// Filters see disabled rules too, so that one that names several isn't refused, and the others
  /// widened, when one of them is disabled. A filter narrows only while it is enabled.
  init(base: ParsedRules, narrowed: FilterRun, own: ParsedRules, baseModes: [String: RuleMode]) {
    let view = RecordView(
      base: base.records, own: own.records, baseModes: baseModes, ownTags: own.tags)
    let isReplaced = { (id: String) in own.records[id] != nil }
    let standing = base.rules.indices.filter { !isReplaced(base.rules[$0].id) }
    var run = FilterRun(standing.map { base.rules[$0] } + own.rules)
    let filters = base.filters.filter { !isReplaced($0.identity) } + own.filters
    for filter in filters {
      guard let record = view.record(filter.identity), record.mode == .enabled else { continue }
      run.apply(filter, record)
    }
    var keptBase: [Int] = []
    var kept: [Rule] = []
    var ownRules: [Rule] = []
    for (position, rule) in run.rules.enumerated() where view.mode(of: rule.id) != .disabled {
      if position < standing.count,
        run.applied[position] == narrowed.applied[standing[position]]
      {
        keptBase.append(standing[position])
        kept.append(rule)
      } else {
        ownRules.append(rule)
      }
    }
    let correlations = base.correlations.filter { !isReplaced($0.id) } + own.correlations
    let (set, unresolved) = RuleSet.resolve(
      rules: kept + ownRules,
      correlations: correlations.filter { view.mode(of: $0.id) != .disabled })
    precondition(set.rules.count == kept.count + ownRules.count, "ids of records are unique")
    self.keptBase = keptBase
    self.ownRules = ownRules
    self.set = set
    self.view = view
    refusals =
      base.refusals.filter { !isReplaced($0.file) } + own.refusals + run.refusals + unresolved
  }
}
