internal import RuleStore
internal import Sigma

/// Rules narrowed by filters, with a note of which filters narrowed which.
struct FilterRun: Sendable {
  /// One version of a filter.
  struct Key: Hashable, Sendable {
    let id: String
    let version: Int32
    let isBase: Bool
  }

  private(set) var rules: [Rule]
  /// By the rule's index, in the order of application.
  private(set) var applied: [Int: [Key]] = [:]
  private(set) var refusals: [RuleRefusal] = []

  init(_ rules: [Rule]) {
    self.rules = rules
  }

  /// Applies a filter, or refuses it as a whole.
  mutating func apply(_ filter: Sigma.RuleFilter, _ record: RuleRecord) {
    let before = rules.map { $0.detection.searches.count }
    do throws(SigmaError) {
      try filter.apply(to: &rules)
    } catch {
      refusals.append(RuleRefusal(error, at: filter.location, rule: record.id))
      return
    }
    let key = Key(id: record.id, version: record.version, isBase: record.isBase)
    for index in rules.indices where rules[index].detection.searches.count != before[index] {
      applied[index, default: []].append(key)
    }
  }
}
