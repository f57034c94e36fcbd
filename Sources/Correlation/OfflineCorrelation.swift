public import Core

/// An incident of events that are all at hand.
public struct OfflineIncident: Sendable {
  public let plan: CorrelationPlan
  public let group: [GroupValue]
  /// The event that made the condition hold; the last one where several share its time.
  public let firstFire: EventKey
  /// In order of time.
  public let evidence: [EventKey]
}

/// Correlates events that are all at hand, as `harrier rule match --correlate` does with a file.
public struct OfflineCorrelation: Sendable {
  public let plans: CorrelationPlanSet

  public init(plans: CorrelationPlanSet) {
    self.plans = plans
  }

  /// - Parameters:
  ///   - detections: in any order. Events of equal time are told apart by their ids, so give ids
  ///     that grow with the line where "the last" is to mean the last line.
  ///   - end: the time of the newest event, detected or not. A window that would close later stays
  ///     undecided.
  /// - Returns: the incidents in order of their first fire.
  public func incidents(of detections: [Detection], until end: Timestamp) -> [OfflineIncident] {
    let limits = CorrelationLimits(items: .max, trimAt: .max, groups: .max)
    var engine = CorrelationEngine(plans: plans, limits: limits)
    engine.wantsWholeHistory = true
    let clock = CorrelationClock(watermark: end, now: .earliest, lateness: 0)
    for request in engine.needs(for: detections, clock: clock).history {
      engine.load(request, detections: [], incidents: [], clock: clock)
    }
    let incidents = engine.apply(detections, clock: clock).compactMap { action in
      guard case .open(let opening) = action else { return nil as OfflineIncident? }
      return OfflineIncident(
        plan: opening.plan, group: opening.group, firstFire: opening.firstFire,
        evidence: opening.evidence.map(\.key))
    }
    return incidents.sorted { ($0.firstFire, $0.plan.ruleID) < ($1.firstFire, $1.plan.ruleID) }
  }
}
