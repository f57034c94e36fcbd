internal import Core

/// The state of a family of correlations over a stretch of event time.
struct Segment: Sendable {
  /// Every detection of this time that is committed and read is in it.
  private(set) var coverage: ClosedRange<Int64>
  /// Whether items within reach had to be forgotten for want of memory.
  private(set) var isSaturated = false
  /// By plan, then by group.
  private(set) var timelines: [[String: Timeline]]
  /// Items of each plan.
  private(set) var itemCounts: [Int]
  private(set) var newest = Int64.min
  var lastUse: UInt64 = 0

  init(_ family: CorrelationFamily, coverage: ClosedRange<Int64>) {
    self.coverage = coverage
    timelines = Array(repeating: [:], count: family.plans.count)
    itemCounts = Array(repeating: 0, count: family.plans.count)
  }

  var itemCount: Int { itemCounts.reduce(0, +) }
  var groupCount: Int { timelines.reduce(0) { $0 + $1.count } }

  /// Whether an event at `ts` can be placed: all that it can change, and all that this depends on,
  /// is here.
  func reaches(_ ts: Int64, span: Int64) -> Bool {
    let reach = span.adding(span)
    let from = isSaturated ? ts : ts.adding(-reach)
    return coverage.contains(from) && coverage.contains(ts.adding(reach))
  }

  /// Takes in what is already known: detections that are read, and the incidents they made.
  ///
  /// - Returns: what the passing of time has decided since.
  mutating func load(
    _ detections: [Detection], incidents: [KnownIncident], _ family: CorrelationFamily,
    _ clock: CorrelationClock, age: () -> Int64
  ) -> [IncidentAction] {
    var ignored = CorrelationStatistics()
    _ = apply(
      detections, FamilyBatch(family), family, clock, &ignored, mode: .history, age: age)
    let plans = Dictionary(
      uniqueKeysWithValues: family.plans.enumerated().map { ($1.ruleID, $0) })
    for incident in incidents {
      guard let plan = plans[incident.ruleID], incident.episode.since == family.plans[plan].since
      else { continue }
      timelines[plan][incident.groupKey]?.episodes.append(incident.episode)
    }
    for plan in timelines.indices {
      for key in timelines[plan].keys {
        timelines[plan][key]?.episodes.sort { $0.first < $1.first }
      }
    }
    return decideMissed(family, age: age)
  }

  /// What the passing of time decided while nobody watched, where memory reaches on both sides.
  private mutating func decideMissed(
    _ family: CorrelationFamily, age: () -> Int64
  ) -> [IncidentAction] {
    guard family.looksAhead else { return [] }
    let reach = family.span.adding(family.span)
    let from = coverage.lowerBound.adding(reach)
    let until = coverage.upperBound == .max ? .max : coverage.upperBound.adding(-reach)
    guard from <= until else { return [] }
    var actions: [IncidentAction] = []
    for (index, plan) in family.plans.enumerated() where plan.raises {
      for key in timelines[index].keys.sorted() {
        guard var timeline = timelines[index].removeValue(forKey: key) else { continue }
        let isFed = family.feeds.joined().contains { $0.outer == index }
        if isFed { timeline.distrust() } else { _ = timeline.place([]) }
        actions += timeline.reconcile(
          from...until, plan, replacing: isFed ? coverage : nil, age: age)
        timelines[index][key] = timeline
      }
    }
    return actions
  }

  enum Mode { case history, live }

  /// Takes in new detections.
  mutating func apply(
    _ detections: [Detection], _ batch: FamilyBatch, _ family: CorrelationFamily,
    _ clock: CorrelationClock, _ count: inout CorrelationStatistics, mode: Mode,
    age: () -> Int64
  ) -> [IncidentAction] {
    var batch = batch
    for detection in detections {
      newest = max(newest, detection.ts.microseconds)
      batch.add(detection, family, &count)
    }
    var actions: [IncidentAction] = []
    for (index, plan) in family.plans.enumerated() {
      for (key, change) in batch.take(index) {
        guard !change.inserts.isEmpty || timelines[index][key] != nil else { continue }
        var timeline = timelines[index].removeValue(forKey: key) ?? Timeline(group: change.group)
        let before = timeline.items.count
        defer {
          itemCounts[index] += timeline.items.count - before
          if !timeline.items.isEmpty { timelines[index][key] = timeline }
        }
        guard let touched = timeline.place(change.sortedInserts, removals: change.removals) else {
          continue
        }
        let zone = Timeline.reach(of: touched, plan)
        timeline.evaluate(zone, plan, clock)
        for feed in timeline.feed(zone, plan) { batch.pass(feed, from: index, family, &count) }
        guard plan.raises, case .live = mode else { continue }
        actions += timeline.reconcile(zone, plan, age: age)
      }
    }
    return actions
  }

  /// Decides the windows that have closed.
  mutating func settle(
    _ family: CorrelationFamily, _ clock: CorrelationClock, age: () -> Int64
  ) -> [IncidentAction] {
    guard family.looksAhead else { return [] }
    var actions: [IncidentAction] = []
    var batch = FamilyBatch(family)
    var ignored = CorrelationStatistics()
    for (index, plan) in family.plans.enumerated() where plan.looksAhead {
      for key in timelines[index].keys.sorted() {
        guard var timeline = timelines[index][key], let from = timeline.firstUndecided,
          let last = timeline.items.last?.ts
        else { continue }
        timelines[index][key] = nil
        timeline.firstUndecided = nil
        let zone = from...max(from, last)
        _ = timeline.place([])
        timeline.evaluate(zone, plan, clock)
        for feed in timeline.feed(zone, plan) { batch.pass(feed, from: index, family, &ignored) }
        if plan.raises { actions += timeline.reconcile(zone, plan, age: age) }
        timelines[index][key] = timeline
      }
    }
    if !batch.isEmpty {
      actions += apply([], batch, family, clock, &ignored, mode: .live, age: age)
    }
    return actions
  }

  /// The first moment whose window is still open.
  var firstUndecided: Int64? {
    timelines.lazy.flatMap { $0.values.lazy.compactMap(\.firstUndecided) }.min()
  }

  /// Forgets what is older than `ts`.
  ///
  /// - Parameter saturated: whether what is forgotten may still be asked for.
  /// - Returns: how many items went.
  mutating func forget(before ts: Int64, _ family: CorrelationFamily, saturated: Bool) -> Int {
    guard ts > coverage.lowerBound, ts < coverage.upperBound else { return 0 }
    coverage = ts...coverage.upperBound
    isSaturated = isSaturated || saturated
    let before = itemCount
    for (index, plan) in family.plans.enumerated() {
      for key in Array(timelines[index].keys) {
        guard var timeline = timelines[index].removeValue(forKey: key) else { continue }
        itemCounts[index] -= timeline.forget(before: ts, timespan: plan.timespan)
        if !timeline.items.isEmpty { timelines[index][key] = timeline }
      }
    }
    return before - itemCount
  }

  /// Whether it knows one of `incidents`.
  func knows(_ incidents: Set<IncidentID>) -> Bool {
    timelines.contains { groups in
      groups.values.contains { $0.episodes.contains { incidents.contains($0.incident) } }
    }
  }

  /// The time before which `share` of the items lie.
  func quantile(_ share: Double) -> Int64? {
    var times = timelines.flatMap { $0.values.flatMap { $0.items.map(\.ts) } }
    guard !times.isEmpty else { return nil }
    times.sort()
    return times[min(Int(Double(times.count) * share), times.count - 1)]
  }
}
