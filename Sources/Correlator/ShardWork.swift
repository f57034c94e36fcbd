internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

/// One transaction's work on a shard. It runs on the connection's thread without a suspension point.
///
/// When it throws, the shard's state no longer says what the table says and has to be dropped.
struct ShardWork: Sendable {
  let state: ShardState
  /// Of the organizations at work, at the shard's revision; or why they can't be had.
  let rules: [OrganizationID: Result<CorrelationRules, any Error>]
  let configuration: CorrelatorConfiguration
  let now: Timestamp

  /// Correlates a writer's commits, and moves the cursor behind them.
  func correlate(
    _ detections: [OrganizationID: [Detection]], writer: Int32, commits: ClosedRange<Int64>,
    on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try transaction(on: connection) { outcome in
      for (organization, batch) in detections.sorted(by: { $0.key < $1.key }) {
        let result = try isolated(organization, &outcome, on: connection) {
          let own = try organizationState(organization, on: connection)
          return try correlate(batch, own, on: connection)
        }
        switch result {
        case .success(let record): outcome.records.append(record)
        case .failure(let cause):
          try CorrelationHistory.skip(
            commits, writer: writer, organization, sqlState: (cause as? PostgresError)?.sqlState,
            on: connection)
          guard !(cause is Resting) else { continue }
          outcome.skips.append(
            CorrelationSkip(
              organization: organization, writer: writer, commits: commits, cause: cause))
        }
      }
      try CorrelationHistory.advance(
        state.shard, writer: writer, to: commits.upperBound, on: connection)
    }
  }

  /// Correlates detections that were set aside, as late arrivals.
  func replay(
    _ held: HeldDetections, on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try transaction(on: connection) { outcome in
      guard try CorrelationHistory.isHeld(held, on: connection) else { return }
      let result = try isolated(held.organization, &outcome, on: connection) {
        let own = try organizationState(held.organization, on: connection)
        let (batch, last) = try CorrelationHistory.detections(
          held, limit: configuration.batchSize, marks: own.marks, on: connection)
        let record = try correlate(batch, own, on: connection)
        try CorrelationHistory.replayed(held, to: last, on: connection)
        return record
      }
      switch result {
      case .success(let record): outcome.records.append(record)
      case .failure: try CorrelationHistory.failed(held, on: connection)
      }
    }
  }

  /// Decides the windows that time has closed.
  ///
  /// An organization where that fails is left until its next detections.
  func settle(
    _ organizations: [OrganizationID], on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try transaction(on: connection) { outcome in
      try settle(organizations, &outcome, on: connection)
    }
  }

  /// Decides what is to be decided by the rules before a change of them, and goes on to those after.
  func cross(
    _ barrier: CorrelationBarrier, _ organizations: [OrganizationID],
    on connection: isolated PostgresConnection
  ) throws -> ShardOutcome {
    try transaction(on: connection) { outcome in
      try settle(organizations, &outcome, on: connection)
      try CorrelationHistory.move(state.shard, to: barrier.revision, on: connection)
    }
  }

  private func transaction(
    on connection: isolated PostgresConnection, _ body: (inout ShardOutcome) throws -> Void
  ) throws -> ShardOutcome {
    try connection.transaction {
      try CorrelationLeases.fence(
        state.lease, patience: configuration.leaseSeconds, on: connection)
      var outcome = ShardOutcome()
      try body(&outcome)
      return outcome
    }
  }

  private func settle(
    _ organizations: [OrganizationID], _ outcome: inout ShardOutcome,
    on connection: isolated PostgresConnection
  ) throws {
    for organization in organizations where !state.resting.contains(organization) {
      var decided = currentState(organization).map { (state: $0, actions: advance($0)) }
      if let decided, decided.actions.isEmpty { continue }
      let result = try isolated(organization, &outcome, on: connection) {
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
        guard !(cause is Resting) else { continue }
        outcome.skips.append(CorrelationSkip(organization: organization, cause: cause))
      }
    }
  }

  private func advance(_ own: OrganizationState) -> [IncidentAction] {
    own.engine.advance(clock: own.clock(now, lateness: configuration.lateness))
  }

  private func correlate(
    _ batch: [Detection], _ own: OrganizationState, on connection: isolated PostgresConnection
  ) throws -> CorrelationRecord {
    if let eras = own.unkept {
      try CorrelationHistory.keep(eras, own.organization, on: connection)
      own.unkept = nil
    }
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
}
