public import Core
internal import Sigma

/// How near a group of a correlation is to an incident.
public struct CorrelationProgress: Sendable, Equatable {
  public let group: [GroupValue]
  /// What the condition compares with its threshold: events, values, a sum, rules that occur, the
  /// steps of a sequence that have occurred in order.
  public let measure: Double
  /// Nil for an extended condition over rules.
  public let threshold: Threshold?
  /// The rules and correlations that occur, in the order of the correlation's steps; of a sequence
  /// those up to which it has come. Empty for conditions over numbers.
  public let occurring: [String]
  /// How far it is from holding, as a share of its threshold or its rules; 0 where it is reached.
  public let distance: Double
  /// Whether the condition holds now. It may hold only once the window has closed.
  public let holds: Bool
  /// The times of the first and last event in the window.
  public let oldest: Timestamp
  public let newest: Timestamp

  /// What has to be read for the progress of a correlation; nil where the plans have no such one.
  public static func history(
    of rule: String, in plans: CorrelationPlanSet, at now: Timestamp
  ) -> HistoryRequest? {
    guard let index = plans.families.firstIndex(where: { $0.plan(rule) != nil }) else { return nil }
    let family = plans.families[index]
    return HistoryRequest(
      family: index, ruleIDs: family.ruleIDs, incidentRuleIDs: [],
      from: max(.earliest, Timestamp(microseconds: now.microseconds.adding(-family.span))), to: now)
  }

  /// The groups of a correlation that are nearest to an incident, the nearest first.
  ///
  /// - Parameters:
  ///   - detections: those that `history(of:in:at:)` asks for, in any order.
  ///   - now: where the window ends, both ends inclusive.
  ///   - limit: of groups.
  /// - Returns: only groups with an event in the window; nothing where the plans have no such
  ///   correlation.
  public static func nearest(
    of rule: String, in plans: CorrelationPlanSet, _ detections: [Detection], at now: Timestamp,
    limit: Int = 20
  ) -> [CorrelationProgress] {
    guard let family = plans.families.first(where: { $0.plan(rule) != nil }),
      let index = family.plan(rule)
    else { return [] }
    var segment = Segment(family, coverage: .min ... .max)
    var ignored = CorrelationStatistics()
    let clock = CorrelationClock(watermark: now, now: .earliest, lateness: 0)
    _ = segment.apply(
      detections.filter { $0.ts <= now }, FamilyBatch(family), family, clock, &ignored,
      mode: .history, age: { 0 })
    let plan = family.plans[index]
    let all = segment.timelines[index].compactMap { key, timeline in
      timeline.progress(plan, at: now.microseconds).map { (key: key, progress: $0) }
    }
    let sorted = all.sorted { left, right in
      left.progress.precedes(right.progress) ?? (left.key < right.key)
    }
    return sorted.prefix(limit).map(\.progress)
  }

  /// Nil where they are equally near.
  private func precedes(_ other: CorrelationProgress) -> Bool? {
    if holds != other.holds { return holds }
    if distance != other.distance { return distance < other.distance }
    return newest != other.newest ? newest > other.newest : nil
  }
}

extension CorrelationFamily {
  fileprivate func plan(_ rule: String) -> Int? { plans.firstIndex { $0.ruleID == rule } }
}

extension Timeline {
  fileprivate func progress(_ plan: CorrelationPlan, at now: Int64) -> CorrelationProgress? {
    let from = now.adding(-plan.timespan)
    let items = items(in: from...now)
    guard let first = items.first, let last = items.last else { return nil }
    var window = Window(plan)
    var next = items.startIndex
    while next < items.endIndex {
      let end = tickEnd(next)
      window.add(tick: self.items[next..<end])
      next = end
    }
    let steps = window.steps(from: from)
    var measure = window.measure
    switch plan.condition {
    case .ordered, .extended: measure = Double(steps.nonzeroBitCount)
    default: break
    }
    return CorrelationProgress(
      group: group.values, measure: measure, threshold: plan.threshold,
      occurring: StepIndices(bits: steps).map { plan.steps[$0].ruleID },
      distance: plan.distance(measure, present: steps),
      holds: window.isCurrent && window.holds(from: from),
      oldest: Timestamp(microseconds: first.ts), newest: Timestamp(microseconds: last.ts))
  }
}

extension CorrelationPlan {
  fileprivate var threshold: Threshold? {
    switch condition {
    case .always, .extended: nil
    case .eventCount(let threshold), .valueCount(let threshold), .valueSum(let threshold),
      .valueAverage(let threshold), .valuePercentile(_, let threshold), .rules(let threshold):
      threshold
    case .ordered: .atLeast(steps.count)
    }
  }

  fileprivate func distance(_ measure: Double, present: UInt64) -> Double {
    if case .extended(let expression) = condition {
      let most = max(expression.leaves, 1)
      return Double(expression.missing(present: present)) / Double(most)
    }
    return threshold?.distance(measure) ?? 0
  }
}

extension Threshold {
  /// How far `measure` is from it, as a share of it; the largest of its bounds' shares.
  fileprivate func distance(_ measure: Double) -> Double {
    bounds.map { bound in
      guard !bound.comparison.holds(measure, bound.value) else { return 0 }
      let difference = (bound.value - measure).magnitude
      return max(difference, .leastNonzeroMagnitude) / max(bound.value.magnitude, 1)
    }.max() ?? 0
  }
}

extension RuleExpression {
  /// How many rules it names, each as often as it does.
  fileprivate var leaves: Int {
    switch self {
    case .rule: 1
    case .not(let inner): inner.leaves
    case .and(let parts), .or(let parts): parts.reduce(0) { $0 + $1.leaves }
    }
  }

  /// How many of its rules would have to occur, or not to, for it to hold; at least.
  fileprivate func missing(present: UInt64) -> Int {
    switch self {
    case .rule, .not(.rule): holds(present: present) ? 0 : 1
    case .not(let inner): inner.negated.missing(present: present)
    case .and(let parts): parts.reduce(0) { $0 + $1.missing(present: present) }
    case .or(let parts): parts.map { $0.missing(present: present) }.min() ?? 0
    }
  }

  /// What holds where this does not, with `not` at the rules alone.
  private var negated: RuleExpression {
    switch self {
    case .rule: .not(self)
    case .not(let inner): inner
    case .and(let parts): .or(parts.map(\.negated))
    case .or(let parts): .and(parts.map(\.negated))
    }
  }
}
