internal import Core

/// What is to change in the timelines of a family, by plan and group.
struct FamilyBatch: Sendable {
  struct GroupChange: Sendable {
    let group: Group
    var inserts: [Item] = []
    var removals: [(key: EventKey, steps: UInt64)] = []

    var sortedInserts: [Item] { inserts.sorted(by: Item.precedes) }
  }

  private var changes: [[String: GroupChange]]
  /// The rule of the last detection, and what it is used for: the next one's is often the same.
  private var rule = ""
  private var uses: [CorrelationFamily.Use] = []

  init(_ family: CorrelationFamily) {
    changes = Array(repeating: [:], count: family.plans.count)
  }

  var isEmpty: Bool { changes.allSatisfy(\.isEmpty) }

  /// The changes of one plan in the order of their groups, which are then forgotten.
  mutating func take(_ plan: Int) -> [(key: String, value: GroupChange)] {
    let taken = changes[plan].sorted { $0.key < $1.key }
    changes[plan] = [:]
    return taken
  }

  mutating func add(
    _ detection: Detection, _ family: CorrelationFamily, _ count: inout CorrelationStatistics
  ) {
    if detection.ruleID != rule {
      rule = detection.ruleID
      uses = family.uses[rule] ?? []
    }
    for use in uses {
      insert(detection, plan: use.plan, steps: use.steps, family, &count)
    }
  }

  /// Passes on that a correlation holds at an event, or does so no longer.
  mutating func pass(
    _ feed: FeedChange, from inner: Int, _ family: CorrelationFamily,
    _ count: inout CorrelationStatistics
  ) {
    for target in family.feeds[inner] where target.kind == feed.kind {
      if feed.holds {
        insert(feed.detection, plan: target.outer, steps: target.steps, family, &count)
        continue
      }
      let plan = family.plans[target.outer]
      let step = target.steps.trailingZeroBitCount
      guard let group = plan.group(of: feed.detection, step: step) else { continue }
      changes[target.outer][group.key, default: GroupChange(group: group)].removals.append(
        (feed.detection.key, target.steps))
    }
  }

  private mutating func insert(
    _ detection: Detection, plan index: Int, steps: UInt64, _ family: CorrelationFamily,
    _ count: inout CorrelationStatistics
  ) {
    let plan = family.plans[index]
    guard !detection.excepted.contains(plan.ruleID) else { return }
    let step = steps.trailingZeroBitCount
    guard let group = plan.group(of: detection, step: step) else {
      count.withoutGroup += 1
      return
    }
    guard let value = plan.value(of: detection, step: step) else {
      count.withoutValue += 1
      return
    }
    changes[index][group.key, default: GroupChange(group: group)].inserts.append(
      Item(detection: detection, steps: steps, value: value))
  }
}
