/// Since when each of an organization's correlations has meant what it means.
///
/// A correlation that is new, changed or enabled again fires only where a detection that was
/// committed since then is in the window, and only incidents that it raised since then are its own.
/// So what it raises depends neither on how much of the past is at hand nor on when it is looked at,
/// and the incidents of earlier versions stay as they were.
public struct CorrelationEras: Hashable, Sendable {
  public struct Era: Hashable, Sendable {
    /// Equal for plans that make the same incidents of the same detections.
    public let meaning: String
    /// A revision of the rules; 0 where it has always been so.
    public let since: Int64

    public init(meaning: String, since: Int64) {
      self.meaning = meaning
      self.since = since
    }
  }

  /// The effective revision of the organization's rules.
  public let revision: Int64
  /// By the correlation's id.
  public let eras: [String: Era]

  public init(revision: Int64, eras: [String: Era]) {
    self.revision = revision
    self.eras = eras
  }

  /// Those of an organization of which no detection has been correlated yet.
  public init(first plans: CorrelationPlanSet, revision: Int64) {
    self.init(revision: revision, eras: [:], plans, new: 0)
  }

  /// Those of the next revision.
  public func following(_ plans: CorrelationPlanSet, revision: Int64) -> CorrelationEras {
    CorrelationEras(revision: revision, eras: eras, plans, new: revision)
  }

  private init(
    revision: Int64, eras: [String: Era], _ plans: CorrelationPlanSet, new: Int64
  ) {
    self.revision = revision
    var next: [String: Era] = [:]
    for family in plans.families {
      for (rule, meaning) in family.meanings {
        if let era = eras[rule], era.meaning == meaning {
          next[rule] = era
        } else {
          next[rule] = Era(meaning: meaning, since: new)
        }
      }
    }
    self.eras = next
  }

  /// The revisions that have to be told apart, ascending.
  public var revisions: [Int64] { Set(eras.values.map(\.since)).filter { $0 > 0 }.sorted() }
}

extension CorrelationPlanSet {
  /// These plans, each with the revision since which it counts.
  public func since(_ eras: CorrelationEras) -> CorrelationPlanSet {
    let families = self.families.map { family in
      CorrelationFamily(
        family.plans.map { CorrelationPlan($0, since: eras.eras[$0.ruleID]?.since ?? 0) })
    }
    return CorrelationPlanSet(
      families: families, plainRules: Array(plainRules.values), refusals: refusals)
  }
}
