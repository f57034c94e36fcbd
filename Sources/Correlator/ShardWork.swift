internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

/// One transaction's work on a shard. It runs on the connection's thread without a suspension point.
///
/// When it throws, the shard's state no longer says what the table says and has to be dropped.
struct ShardWork: Sendable {
  let state: ShardState
  let rules: [OrganizationID: CorrelationRules]
  let configuration: CorrelatorConfiguration
  let now: Timestamp

  /// Correlates a writer's commits, and moves the cursor behind them.
  func correlate(
    _ detections: [OrganizationID: [Detection]], writer: Int32, commits: ClosedRange<Int64>,
    on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try connection.transaction {
      try CorrelationLeases.fence(
        state.lease, patience: configuration.leaseSeconds, on: connection)
      var outcome = ShardOutcome()
      for (organization, batch) in detections.sorted(by: { $0.key < $1.key }) {
        let result = try isolated(organization, on: connection) {
          let own = try organizationState(organization, on: connection)
          return try correlate(batch, own, on: connection)
        }
        switch result {
        case .success(let record): outcome.records.append(record)
        case .failure(let cause):
          try CorrelationHistory.skip(
            commits, writer: writer, organization, sqlState: (cause as? PostgresError)?.sqlState,
            on: connection)
          outcome.skips.append(
            CorrelationSkip(
              organization: organization, writer: writer, commits: commits, cause: cause))
        }
      }
      try CorrelationHistory.advance(
        state.shard, writer: writer, to: commits.upperBound, on: connection)
      return outcome
    }
  }

  /// Decides the windows that time has closed.
  ///
  /// An organization where that fails is left until its next detections.
  func settle(
    _ organizations: [OrganizationID], on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try connection.transaction {
      try CorrelationLeases.fence(
        state.lease, patience: configuration.leaseSeconds, on: connection)
      var outcome = ShardOutcome()
      for organization in organizations {
        var decided = currentState(organization).map { (state: $0, actions: advance($0)) }
        if let decided, decided.actions.isEmpty { continue }
        let result = try isolated(organization, on: connection) {
          let own = try decided?.state ?? organizationState(organization, on: connection)
          let actions = decided?.actions ?? advance(own)
          // What is left to another attempt begins with the table.
          decided = nil
          try IncidentWriter(organization: organization).apply(actions, on: connection)
          return CorrelationRecord(
            organization, detections: 0, actions: actions, lag: 0, engine: own.engine)
        }
        switch result {
        case .success(let record) where record.isEmpty: continue
        case .success(let record): outcome.records.append(record)
        case .failure(let cause):
          outcome.skips.append(CorrelationSkip(organization: organization, cause: cause))
        }
      }
      return outcome
    }
  }

  private func advance(_ own: OrganizationState) -> [IncidentAction] {
    own.engine.advance(clock: own.clock(now, lateness: configuration.lateness))
  }

  private func correlate(
    _ batch: [Detection], _ own: OrganizationState, on connection: isolated PostgresConnection
  ) throws -> CorrelationRecord {
    own.newest = batch.reduce(own.newest) { max($0, $1.ts) }
    own.lastUse = now
    let clock = own.clock(now, lateness: configuration.lateness)
    let writer = IncidentWriter(organization: own.organization)
    var rest = batch
    var applied: [Detection] = []
    var actions: [IncidentAction] = []
    repeat {
      let needs = own.engine.needs(for: rest, clock: clock)
      for request in needs.history {
        try load(request, own, clock, applied: applied, on: connection)
      }
      let known = try CorrelationHistory.incidents(
        needs.episodes, own.organization, on: connection)
      let new = own.engine.apply(rest, known: known, clock: clock)
      try writer.apply(new, on: connection)
      actions += new
      applied = batch
      rest = []
    } while own.engine.hasUnplaced
    let arrived = batch.reduce(now) { min($0, $1.receivedAt) }
    return CorrelationRecord(
      own.organization, detections: batch.count, actions: actions,
      lag: Timestamp.now.microseconds - arrived.microseconds, engine: own.engine)
  }

  private func load(
    _ request: HistoryRequest, _ own: OrganizationState, _ clock: CorrelationClock,
    applied: [Detection], on connection: isolated PostgresConnection
  ) throws {
    var detections = try CorrelationHistory.detections(
      request, own.organization, limit: configuration.historyLimit, on: connection)
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

  /// The organization's state, built from the table where there is none for its present rules.
  private func organizationState(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> OrganizationState {
    if let known = currentState(organization) { return known }
    let rules = rules(of: organization)
    let newest = try CorrelationHistory.newest(organization, on: connection)
    let own = OrganizationState(
      organization, rules, limits: configuration.limits, newest: newest ?? .earliest, now: now)
    own.engine.wantsWholeHistory = try CorrelationHistory.hasAtMost(
      configuration.wholeHistoryLimit, organization, on: connection)
    try loadAtStart(own, on: connection)
    state.organizations[organization] = own
    return own
  }

  /// The organization's state if it is there and is that of its present rules.
  private func currentState(_ organization: OrganizationID) -> OrganizationState? {
    state.organizations[organization].flatMap {
      $0.revision == rules(of: organization).revision ? $0 : nil
    }
  }

  private func rules(of organization: OrganizationID) -> CorrelationRules {
    rules[organization] ?? CorrelationRules(plans: .empty, revision: -1)
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
