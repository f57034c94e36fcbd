/// Correlations that refer to one another, in an order in which each comes after those it refers to.
public struct CorrelationFamily: Sendable {
  /// That a correlation is passed on to another, as these steps.
  struct Feed: Sendable {
    let outer: Int
    let steps: UInt64
    let kind: Item.Feeds
  }

  /// That a rule's detections are these steps of a correlation.
  struct Use: Sendable {
    let plan: Int
    let steps: UInt64
    var first: Int { steps.trailingZeroBitCount }
  }

  public let plans: [CorrelationPlan]
  let feeds: [[Feed]]
  let uses: [String: [Use]]
  /// Microseconds: how far an event's influence reaches, the sum of the timespans of the longest
  /// chain.
  public let span: Int64

  /// - Parameter plans: each behind those that it refers to.
  public init(_ plans: [CorrelationPlan]) {
    self.plans = plans
    let indices = Dictionary(
      uniqueKeysWithValues: plans.enumerated().map { ($1.ruleID, $0) })
    var feeds = [[Feed]](repeating: [], count: plans.count)
    var uses: [String: [Use]] = [:]
    var reach: [Int64] = []
    for (index, plan) in plans.enumerated() {
      var bits: [String: UInt64] = [:]
      for (step, rule) in plan.steps.enumerated() {
        bits[rule.ruleID, default: 0] |= 1 << UInt64(step)
      }
      var inner: Int64 = 0
      for (rule, steps) in bits {
        if let other = indices[rule], other < index {
          inner = max(inner, reach[other])
          let kind = plan.countsBeginnings ? Item.Feeds.beginnings : .everyTick
          feeds[other].append(Feed(outer: index, steps: steps, kind: kind))
        } else {
          uses[rule, default: []].append(Use(plan: index, steps: steps))
        }
      }
      reach.append(inner.adding(plan.timespan))
    }
    self.feeds = feeds
    self.uses = uses
    span = reach.max() ?? 0
  }

  /// The rules whose detections it reads, sorted.
  public var ruleIDs: [String] { uses.keys.sorted() }

  /// The correlations whose incidents it raises.
  public var raisingRuleIDs: [String] { plans.filter(\.raises).map(\.ruleID) }

  /// Whether time alone can raise an incident.
  public var looksAhead: Bool { plans.contains(where: \.looksAhead) }
}
