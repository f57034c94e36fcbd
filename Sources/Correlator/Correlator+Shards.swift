internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

extension Correlator {
  /// The states of the shards that are ours, made where there is none yet.
  func currentStates() async throws -> [ShardState] {
    for (shard, state) in shards where leases[shard] != state.lease { shards[shard] = nil }
    for lease in leases.values.sorted(by: { $0.shard < $1.shard }) where shards[lease.shard] == nil
    {
      let (cursors, revision) = try await pool.withConnection { connection in
        (
          try CorrelationHistory.cursors(lease.shard, on: connection),
          try CorrelationHistory.revision(of: lease.shard, on: connection)
        )
      }
      let state = ShardState(lease: lease, cursors: cursors, revision: revision)
      shards[lease.shard] = state
      do {
        let ahead = try await pool.withConnection { connection in
          try CorrelationHistory.outlook([(lease.shard, revision)], on: connection)
        }
        state.barrier = ahead.barriers[lease.shard]
        try await wake(state, nil)
      } catch {
        // Half begun: whom it was to wake, nobody would wake later.
        shards[lease.shard] = nil
        throw error
      }
    }
    return shards.values.sorted { $0.shard < $1.shard }
  }

  /// Builds the state of the organizations whose conditions may have been waiting for time.
  ///
  /// - Parameter organizations: nil for all of the shard.
  func wake(_ state: ShardState, _ organizations: [OrganizationID]?) async throws {
    let all =
      if let organizations { organizations } else {
        try await pool.withConnection { connection in
          try CorrelationHistory.organizations(state.shard, on: connection)
        }
      }
    var waiting: [OrganizationID] = []
    for (organization, rules) in try await rules(of: all, at: state.revision) {
      switch rules {
      case .success(let rules):
        if rules.plans.families.contains(where: \.looksAhead) { waiting.append(organization) }
      case .failure(let cause):
        state.resting.begin(organization)
        observer.failed(
          CorrelationSkip(organization: organization, cause: cause), shard: state.shard)
      }
    }
    guard !waiting.isEmpty else { return }
    let woken = waiting.sorted()
    _ = await attempt(state, woken) { work, connection in
      try work.settle(woken, on: connection)
    }
  }

  /// Runs one transaction on a shard; if it fails, the shard's state is dropped.
  func attempt(
    _ state: ShardState, _ organizations: [OrganizationID],
    _ body:
      @escaping @Sendable (ShardWork, isolated PostgresConnection) throws -> ShardOutcome
  ) async -> Bool {
    do {
      let work = ShardWork(
        state: state, rules: try await rules(of: organizations, at: state.revision),
        configuration: configuration, now: state.now)
      let outcome = try await pool.withConnection { connection in try body(work, connection) }
      for record in outcome.records {
        state.resting.end(record.organization)
        observer.correlated(record)
      }
      for organization in outcome.resting { state.resting.begin(organization) }
      for skip in outcome.skips { observer.failed(skip, shard: state.shard) }
      return true
    } catch {
      drop(state, error)
      return false
    }
  }

  /// Lets go of a state that may no longer say what the table says.
  func drop(_ state: ShardState, _ error: any Error) {
    if shards[state.shard] === state { shards[state.shard] = nil }
    if let error = error as? IncidentStoreError, error.code == .leaseLost {
      leases[state.shard] = nil
    }
    observer.failed(error, shard: state.shard)
  }

  /// - Throws: where this task is cancelled, and where the database is away: that is no trouble of one
  ///   organization, and all is to be tried again.
  private func rules(
    of organizations: [OrganizationID], at revision: Int64
  ) async throws -> [OrganizationID: Result<CorrelationRules, any Error>] {
    var found: [OrganizationID: Result<CorrelationRules, any Error>] = [:]
    for organization in organizations {
      do {
        found[organization] = .success(try await rules(organization, revision))
      } catch {
        try Task.checkCancellation()
        if let error = error as? PostgresError, error.isAway { throw error }
        found[organization] = .failure(error)
      }
    }
    return found
  }
}

extension PostgresError {
  /// Whether the database could not be asked at all.
  fileprivate var isAway: Bool {
    isConnectionLoss || [.poolTimeout, .poolFull, .poolClosed].contains(code)
  }
}
