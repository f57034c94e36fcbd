public import Core

/// The correlation of one organization: detections in, what becomes of incidents out.
///
/// It does no I/O. The caller asks what a batch needs, loads that, applies the batch and carries out
/// the actions, and goes on until nothing is left unplaced:
///
///     repeat {
///       let needs = engine.needs(for: batch, clock: clock)
///       for request in needs.history { engine.load(request, …) }
///       store(engine.apply(batch, known: episodes, clock: clock))
///       batch = []
///     } while engine.hasUnplaced
///
/// The incidents that result are a function of the set of detections, whatever the order and the
/// batches in which they came. A batch must hold all detections of each event in it.
public struct CorrelationEngine: Sendable {
  public let plans: CorrelationPlanSet
  public let limits: CorrelationLimits
  public private(set) var statistics = CorrelationStatistics()
  /// Whether requests for history ask for all of it; for organizations that have little.
  public var wantsWholeHistory = false
  private(set) var families: [FamilyState]
  private var opened: Int64 = 0
  private var trimAt: Int
  /// What loading history has brought to light.
  private var pending: [IncidentAction] = []

  public init(plans: CorrelationPlanSet, limits: CorrelationLimits = CorrelationLimits()) {
    self.plans = plans
    self.limits = limits
    trimAt = limits.trimAt
    families = Array(repeating: FamilyState(), count: plans.families.count)
  }

  /// How many events timelines hold, and in how many groups.
  public var size: (items: Int, groups: Int) {
    (families.reduce(0) { $0 + $1.itemCount }, families.reduce(0) { $0 + $1.groupCount })
  }

  /// Whether detections wait for history to be loaded again, before anything else is applied.
  public var hasUnplaced: Bool { families.contains(where: \.isWaiting) }

  /// What has to be loaded so that conditions that wait can be decided from now on.
  ///
  /// - Parameter recent: for each family that looks ahead (`CorrelationFamily.looksAhead`), by its
  ///   index, the earliest of its detections that reached us so lately that their windows may still
  ///   be open; old logs that were just replayed.
  public func needsAtStart(
    clock: CorrelationClock, recent: [Int: Timestamp] = [:]
  ) -> [HistoryRequest] {
    plans.families.indices.filter { plans.families[$0].looksAhead }.map { index in
      let span = plans.families[index].span
      let oldest = min(clock.now, recent[index] ?? clock.now).microseconds
      let reach = span.adding(span).adding(span).adding(limits.lateness).adding(clock.lateness)
      return request(index, oldest.adding(-reach)...Int64.max)
    }
  }

  /// What has to be loaded before `detections` can be applied.
  public func needs(for detections: [Detection], clock: CorrelationClock) -> CorrelationNeeds {
    var needs = CorrelationNeeds()
    for (index, own) in byFamily(detections) {
      let span = plans.families[index].span
      let ranges = families[index].needs(
        own, span: span, now: clock.now.microseconds, slack: span.adding(limits.lateness))
      needs.history += (wantsWholeHistory ? ranges.prefix(1) : ranges[...]).map {
        request(index, $0)
      }
    }
    needs.episodes = byPlainGroup(detections).map { change in
      let times = change.detections.map(\.ts.microseconds)
      let gap = change.plan.timespan
      return EpisodeRequest(
        ruleID: change.plan.ruleID, groupKey: change.group.key,
        from: Timestamp(microseconds: (times.min() ?? 0).adding(-gap)),
        to: Timestamp(microseconds: (times.max() ?? 0).adding(gap)))
    }
    return needs
  }

  private func request(_ index: Int, _ range: ClosedRange<Int64>) -> HistoryRequest {
    let range = wantsWholeHistory ? Int64.min...Int64.max : range
    return HistoryRequest(
      family: index, ruleIDs: plans.families[index].ruleIDs,
      incidentRuleIDs: plans.families[index].raisingRuleIDs,
      from: max(.earliest, Timestamp(microseconds: range.lowerBound)),
      to: min(.latest, Timestamp(microseconds: range.upperBound)))
  }

  /// Takes in the answer to a request.
  ///
  /// - Parameters:
  ///   - detections: all that have been given to `apply` or were read before a restart, in any
  ///     order; those that are still unplaced may be among them.
  ///   - completeFrom: where the caller had to leave out the oldest, the time from which on they are
  ///     complete.
  public mutating func load(
    _ request: HistoryRequest, detections: [Detection], incidents: [KnownIncident],
    completeFrom: Timestamp? = nil, clock: CorrelationClock
  ) {
    let family = plans.families[request.family]
    let from = request.from == .earliest ? Int64.min : request.from.microseconds
    let to = request.to == .latest ? Int64.max : request.to.microseconds
    var segment = Segment(family, coverage: from...to)
    let age = nextAge
    var opened = self.opened
    let unplaced = Set(families[request.family].unplaced.map { EventRule($0) })
    let known =
      unplaced.isEmpty ? detections : detections.filter { !unplaced.contains(EventRule($0)) }
    pending += segment.load(known, incidents: incidents, family, clock) {
      opened += 1
      return age + opened
    }
    self.opened = opened
    if let completeFrom {
      _ = segment.forget(before: completeFrom.microseconds, family, saturated: true)
    }
    families[request.family].add(segment)
    statistics.reloads += 1
  }

  /// Applies new detections.
  ///
  /// - Parameter known: the answers to `CorrelationNeeds.episodes`.
  /// - Returns: what is to be done, in order; an incident that is opened or amended occurs once.
  public mutating func apply(
    _ detections: [Detection], known: [KnownIncident] = [], clock: CorrelationClock
  ) -> [IncidentAction] {
    var actions = pending
    pending = []
    var opened = self.opened
    let base = nextAge
    let age = {
      opened += 1
      return base + opened
    }
    for (index, own) in byFamily(detections) {
      actions += families[index].apply(
        own, plans.families[index], clock, &statistics, age: age)
    }
    let episodes = Dictionary(grouping: known) { PlainKey(rule: $0.ruleID, group: $0.groupKey) }
    for change in byPlainGroup(detections) {
      let key = PlainKey(rule: change.plan.ruleID, group: change.group.key)
      let grouping = PlainGrouping(plan: change.plan, group: change.group, age: age)
      actions += grouping.apply(
        change.detections, known: (episodes[key] ?? []).map(\.episode))
    }
    self.opened = opened
    if !hasUnplaced { enforceLimits() }
    return actions
  }

  /// Decides what only time decides.
  public mutating func advance(clock: CorrelationClock) -> [IncidentAction] {
    var actions = pending
    pending = []
    var opened = self.opened
    let base = nextAge
    for index in families.indices where plans.families[index].looksAhead {
      actions += families[index].settle(plans.families[index], clock) {
        opened += 1
        return base + opened
      }
    }
    self.opened = opened
    return actions
  }

  /// Incidents opened here are younger than any that has a number.
  private var nextAge: Int64 { 1 << 62 }
}

extension CorrelationEngine {
  private struct PlainKey: Hashable {
    let rule: String
    let group: String
  }

  private struct EventRule: Hashable {
    let event: EventKey
    let rule: String

    init(_ detection: Detection) {
      event = detection.key
      rule = detection.ruleID
    }
  }

  private struct PlainChange {
    let plan: CorrelationPlan
    let group: Group
    var detections: [Detection] = []
  }

  /// By the family's index; families for which detections wait are there too.
  private func byFamily(_ detections: [Detection]) -> [(index: Int, own: [Detection])] {
    var result = [[Detection]](repeating: [], count: families.count)
    // Detections of one rule often follow each other: the rule is looked up where it changes.
    var rule = ""
    var readers: [Int] = []
    for detection in detections {
      if detection.ruleID != rule {
        rule = detection.ruleID
        readers = plans.familiesOfRule[rule] ?? []
      }
      for index in readers { result[index].append(detection) }
    }
    return result.enumerated()
      .filter { index, own in !own.isEmpty || families[index].isWaiting }
      .map { ($0.offset, $0.element) }
  }

  private func byPlainGroup(_ detections: [Detection]) -> [PlainChange] {
    var places: [PlainKey: Int] = [:]
    var result: [PlainChange] = []
    var rule = ""
    var known: CorrelationPlan?
    for detection in detections {
      if detection.ruleID != rule {
        rule = detection.ruleID
        known = plans.plainRules[rule]
      }
      guard let plan = known, !detection.excepted.contains(plan.ruleID) else { continue }
      let group = CorrelationPlan.principal(of: detection)
      let key = PlainKey(rule: plan.ruleID, group: group.key)
      let place = places[key] ?? result.count
      if place == result.count {
        places[key] = place
        result.append(PlainChange(plan: plan, group: group))
      }
      result[place].detections.append(detection)
    }
    return result
  }

  /// Keeps memory within its bounds: first what no late event can ask for goes, then old stretches,
  /// then, counted, the older half of the largest family.
  private mutating func enforceLimits() {
    for index in families.indices { families[index].limitSegments(to: limits.segments) }
    if size.items > trimAt || isOverLimit {
      for index in families.indices {
        families[index].trim(plans.families[index], lateness: limits.lateness)
      }
      // Trimming looks at every timeline, so it waits until much has come.
      trimAt = max(limits.trimAt, size.items / 4 * 5)
    }
    if isOverLimit {
      for index in families.indices { families[index].dropOldSegments() }
    }
    while isOverLimit {
      guard
        let largest = families.indices.max(by: { families[$0].itemCount < families[$1].itemCount })
      else { return }
      let forgotten = families[largest].forgetHalf(plans.families[largest])
      guard forgotten > 0 else { return }
      statistics.evicted += forgotten
    }
  }

  private var isOverLimit: Bool {
    let size = self.size
    return size.items > limits.items || size.groups > limits.groups
  }
}
