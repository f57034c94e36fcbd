public import Core
public import Sigma

/// All correlations of a rule set and its plain rules' groupings, ready to be run.
public struct CorrelationPlanSet: Sendable {
  public let families: [CorrelationFamily]
  /// The families that read a rule's detections.
  public let familiesOfRule: [String: [Int]]
  /// The rules whose detections become incidents of their own: of level low or above, and not
  /// merely referred to by a correlation that has `generate: false`.
  public let plainRules: [String: CorrelationPlan]
  /// Correlations that could not be planned.
  public let refusals: [CorrelationError]

  /// Event time without a detection after which a plain rule's next one is a new incident: 1 h.
  public static let defaultGap: Int64 = 3_600_000_000

  public static let empty = CorrelationPlanSet(families: [], plainRules: [])

  public init(
    families: [CorrelationFamily], plainRules: [CorrelationPlan], refusals: [CorrelationError] = []
  ) {
    self.families = families
    self.plainRules = Dictionary(
      plainRules.map { ($0.ruleID, $0) }, uniquingKeysWith: { first, _ in first })
    self.refusals = refusals
    var familiesOfRule: [String: [Int]] = [:]
    for (index, family) in families.enumerated() {
      for rule in family.ruleIDs { familiesOfRule[rule, default: []].append(index) }
    }
    self.familiesOfRule = familiesOfRule
  }

  /// - Parameters:
  ///   - gap: microseconds between a plain rule's episodes.
  ///   - version: the version of the rule with that id.
  ///   - raises: whether the rule or correlation with that id may raise incidents; one that may not
  ///     still runs, and feeds correlations.
  public init(
    _ ruleSet: RuleSet, gap: Int64 = Self.defaultGap, version: (String) -> Int32 = { _ in 1 },
    raises: (String) -> Bool = { _ in true }
  ) {
    var origins = IncidentOrigins(ruleSet, raises: raises)
    var (plans, refusals) = ruleSet.plans(origins, version: version)
    if !refusals.isEmpty {
      let refused = Set(ruleSet.evaluationOrder.filter { plans[$0] == nil })
      origins = IncidentOrigins(ruleSet, refused: refused, raises: raises)
      (plans, refusals) = ruleSet.plans(origins, version: version)
    }
    let plain = ruleSet.plainPlans(origins, gap: gap, version: version, refusals: &refusals)
    let order = ruleSet.evaluationOrder.filter { plans[$0] != nil }
    let families = ruleSet.connected(order).map { members in
      CorrelationFamily(members.compactMap { plans[$0] })
    }
    self.init(families: families, plainRules: plain, refusals: refusals)
  }
}

extension RuleLevel {
  /// Nil for informational, which raises nothing.
  public var incidentSeverity: IncidentSeverity? {
    switch self {
    case .informational: nil
    case .low: .low
    case .medium: .medium
    case .high: .high
    case .critical: .critical
    }
  }
}
