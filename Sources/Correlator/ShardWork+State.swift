internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

extension ShardWork {
  /// The organization's state, built from the table where there is none for its present rules.
  func organizationState(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> OrganizationState {
    if let known = currentState(organization) { return known }
    let rules = try rules(of: organization)
    let kept = try CorrelationHistory.eras(organization, on: connection)
    let eras =
      kept.map { $0.following(rules.plans, revision: rules.revision) }
      ?? CorrelationEras(first: rules.plans, revision: rules.revision)
    let newest = try CorrelationHistory.newest(organization, on: connection)
    let own = OrganizationState(
      organization, rules.plans, eras, isKept: eras == kept,
      marks: try CorrelationHistory.marks(eras.revisions, on: connection),
      limits: configuration.limits, newest: newest ?? .earliest, now: now)
    own.engine.wantsWholeHistory = try CorrelationHistory.hasAtMost(
      configuration.wholeHistoryLimit, organization, on: connection)
    try loadAtStart(own, on: connection)
    state.organizations[organization] = own
    return own
  }

  /// The organization's state if it is there and is that of its present rules.
  func currentState(_ organization: OrganizationID) -> OrganizationState? {
    guard let known = state.organizations[organization],
      case .success(let rules)? = rules[organization], known.revision == rules.revision
    else { return nil }
    return known
  }

  private func rules(of organization: OrganizationID) throws -> CorrelationRules {
    try rules[organization]?.get() ?? CorrelationRules(plans: .empty, revision: -1)
  }

  func load(
    _ request: HistoryRequest, _ own: OrganizationState, _ clock: CorrelationClock,
    applied: [Detection], on connection: isolated PostgresConnection
  ) throws {
    var detections = try CorrelationHistory.detections(
      request, own.organization, limit: configuration.historyLimit, marks: own.marks,
      on: connection)
    var completeFrom: Timestamp?
    if Int64(detections.count) == configuration.historyLimit {
      completeFrom = detections.last?.ts.advanced(byMicroseconds: 1)
    }
    let rules = Set(request.ruleIDs)
    detections += applied.filter {
      rules.contains($0.ruleID) && $0.ts >= request.from && $0.ts <= request.to
    }
    own.engine.load(
      request, detections: detections,
      incidents: try CorrelationHistory.incidents(request, own.organization, on: connection),
      completeFrom: completeFrom, clock: clock)
  }

  private func loadAtStart(
    _ own: OrganizationState, on connection: isolated PostgresConnection
  ) throws {
    guard own.looksAhead else { return }
    let clock = own.clock(now, lateness: configuration.lateness)
    var recent: [Int: Timestamp] = [:]
    for (index, family) in own.engine.plans.families.enumerated() where family.looksAhead {
      let since = now.advanced(byMicroseconds: -(family.span + 2 * configuration.lateness))
      recent[index] = try CorrelationHistory.earliestReceived(
        since: since, rules: family.ruleIDs, own.organization, on: connection)
    }
    for request in own.engine.needsAtStart(clock: clock, recent: recent) {
      try load(request, own, clock, applied: [], on: connection)
    }
  }
}
