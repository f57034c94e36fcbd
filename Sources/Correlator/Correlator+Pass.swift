internal import Core
internal import Correlation
internal import IncidentStore
internal import Postgres

extension Correlator {
  /// Batches that were set aside and are tried again in one pass.
  private static let replays: Int64 = 32

  /// One look at all shards.
  ///
  /// - Returns: whether there may be more to do.
  func pass() async throws -> Bool {
    let states = try await currentStates()
    guard !states.isEmpty else { return false }
    let heads = try await look(at: states)
    var more = false
    for (writer, head) in heads.sorted(by: { $0.key < $1.key }) {
      let ranges = Dictionary(grouping: states) { state in
        CommitRange(
          after: state.scanned[writer, default: 0], through: state.readable(writer, head))
      }
      for (range, group) in ranges {
        guard let commits = range.commits else { continue }
        let reachesEnd = try await read(writer, commits, for: group)
        more = more || !reachesEnd
      }
    }
    for state in states where isCurrent(state) {
      await settle(state)
      guard let barrier = state.barrier, isCurrent(state), state.hasReached(barrier, heads) else {
        continue
      }
      let isCrossed = await cross(barrier, state)
      more = more || isCrossed
    }
    try await replay(states)
    // No transaction is at work on the states now.
    memory.measure(shards.values)
    return more
  }

  private func isCurrent(_ state: ShardState) -> Bool { shards[state.shard] === state }

  /// Finds the writers' heads, and the next change of rules of shards that wait for none.
  private func look(at states: [ShardState]) async throws -> [Int32: Int64] {
    let free = states.filter { $0.barrier == nil }.map { (shard: $0.shard, revision: $0.searched) }
    let outlook = try await pool.withConnection { connection in
      try CorrelationHistory.outlook(free, on: connection)
    }
    for state in states where state.barrier == nil {
      state.barrier = outlook.barriers[state.shard]
      if state.barrier == nil { state.searched = max(state.searched, outlook.revision) }
    }
    return outlook.heads
  }

  /// - Returns: whether all commits have been read.
  private func read(
    _ writer: Int32, _ commits: ClosedRange<Int64>, for states: [ShardState]
  ) async throws -> Bool {
    let names = states.map(\.shard)
    let limit = configuration.batchSize
    let (detections, last) = try await pool.withConnection { connection in
      try CorrelationHistory.read(
        names, writer: writer, commits: commits, limit: limit, on: connection)
    }
    let byShard = Dictionary(grouping: detections) { CorrelationShard(of: $0.key) }
    for state in states where isCurrent(state) {
      let own = Dictionary(uniqueKeysWithValues: byShard[state.shard] ?? [])
      if !own.isEmpty {
        let isDone = await attempt(state, Array(own.keys)) { work, connection in
          try work.correlate(
            own, writer: writer, commits: commits.lowerBound...last, on: connection)
        }
        guard isDone else { continue }
      }
      state.scanned[writer] = last
      state.limitOrganizations(to: configuration.organizations)
    }
    return last == commits.upperBound
  }

  private func settle(_ state: ShardState) async {
    let rested = state.resting.takeRested()
    let waiting = state.organizations.values.filter(\.looksAhead).map(\.organization)
    let organizations = Set(rested + waiting).sorted()
    guard !organizations.isEmpty else { return }
    _ = await attempt(state, organizations) { work, connection in
      try work.settle(organizations, on: connection)
    }
  }

  /// Goes on to the rules behind a barrier that has been reached.
  ///
  /// - Returns: whether that was done.
  private func cross(_ barrier: CorrelationBarrier, _ state: ShardState) async -> Bool {
    let concerned = state.organizations.values
      .filter {
        $0.looksAhead && (barrier.organization == nil || barrier.organization == $0.organization)
      }
      .map(\.organization).sorted()
    let isDone = await attempt(state, concerned) { work, connection in
      try work.cross(barrier, concerned, on: connection)
    }
    guard isDone else { return false }
    state.cross(barrier)
    do {
      try await wake(state, barrier.organization.map { [$0] })
    } catch {
      drop(state, error)
    }
    return true
  }

  /// Tries again what was set aside, as far as its time has come.
  private func replay(_ states: [ShardState]) async throws {
    let current = states.filter { isCurrent($0) }
    let names = current.map(\.shard)
    let due = try await pool.withConnection { connection in
      try CorrelationHistory.due(names, limit: Self.replays, on: connection)
    }
    for held in due {
      let shard = CorrelationShard(of: held.organization)
      guard let state = shards[shard], names.contains(shard),
        held.commits.upperBound <= state.scanned[held.writer, default: 0],
        !state.resting.contains(held.organization)
      else { continue }
      _ = await attempt(state, [held.organization]) { work, connection in
        try work.replay(held, on: connection)
      }
    }
  }
}

/// Commits of a writer that some shards have still to read.
private struct CommitRange: Hashable {
  let after: Int64
  let through: Int64

  var commits: ClosedRange<Int64>? { after < through ? after + 1...through : nil }
}
