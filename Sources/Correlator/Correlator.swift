internal import Core
internal import Correlation
internal import IncidentStore
public import Postgres

/// Reads committed detections and turns them into incidents, exactly once.
///
/// It holds leases on shards of the organizations, reads each writer's commits without gaps, and
/// writes incidents, evidence, journal, outbox and cursors of a batch in one transaction, fenced by
/// the lease. Its memory is a function of the table: on any failure it is dropped and built again.
/// Any number of correlators share the work.
public actor Correlator {
  private let configuration: CorrelatorConfiguration
  private let pool: PostgresPool
  private let listening: PostgresConfiguration?
  private let rules: CorrelationRulesProvider
  private let observer: any CorrelatorObserver
  private var shards: [CorrelationShard: ShardState] = [:]
  private var leases: [CorrelationShard: CorrelationLease] = [:]

  /// - Parameters:
  ///   - pool: two connections are used at a time at most.
  ///   - listening: how to reach the server for `LISTEN`; without it there is only the slow poll.
  public init(
    _ configuration: CorrelatorConfiguration, pool: PostgresPool,
    listening: PostgresConfiguration? = nil, rules: @escaping CorrelationRulesProvider,
    observer: any CorrelatorObserver = SilentCorrelatorObserver()
  ) {
    self.configuration = configuration
    self.pool = pool
    self.listening = listening
    self.rules = rules
    self.observer = observer
  }

  /// Works until the task is cancelled, then gives its leases back.
  ///
  /// Failures of the database are told to the observer and outlived.
  public func run() async throws {
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.renewLeases(wake) }
      group.addTask { await self.poll(wake) }
      if let listening {
        let listener = PostgresListener(
          configuration: listening, channels: ["harrier_detections"])
        group.addTask {
          for await _ in listener.notifications() { wake.yield() }
        }
      }
      for await _ in wakes {
        if Task.isCancelled { break }
        await workUntilIdle()
        do { try await Task.sleep(for: configuration.rest) } catch { break }
      }
      group.cancelAll()
    }
    await leave()
  }

  /// Claims leases and works off all that is there, once; for tests and for commands that end.
  public func runOnce() async throws {
    try await claim()
    var found = true
    while found { found = try await pass() }
  }

  private func poll(_ wake: AsyncStream<Void>.Continuation) async {
    while !Task.isCancelled {
      wake.yield()
      do {
        try await Task.sleep(for: configuration.pollInterval)
      } catch {
        break
      }
    }
    wake.finish()
  }

  private func renewLeases(_ wake: AsyncStream<Void>.Continuation) async {
    while !Task.isCancelled {
      do {
        try await claim()
        wake.yield()
        try await Task.sleep(for: .seconds(configuration.leaseSeconds) / 3)
      } catch is CancellationError {
        return
      } catch {
        observer.failed(error, shard: nil)
        do {
          try await Task.sleep(for: .milliseconds(500))
        } catch {
          return
        }
      }
    }
  }

  /// Renews and takes leases, and drops the state of those that are no longer ours.
  func claim() async throws {
    let owner = configuration.owner
    let duration = configuration.leaseSeconds
    let held = try await pool.withConnection { connection in
      try CorrelationLeases.claim(owner: owner, duration: duration, on: connection)
    }
    let before = leases
    leases = Dictionary(held.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first })
    if leases != before { observer.leasesChanged(leases.keys.sorted()) }
  }

  private func leave() async {
    let owner = configuration.owner
    let pool = pool
    shards = [:]
    leases = [:]
    // The task is cancelled: what is left to do must not be.
    let observer = observer
    await Task.detached {
      do {
        try await pool.withConnection { connection in
          try CorrelationLeases.leave(owner: owner, on: connection)
        }
      } catch {
        observer.failed(error, shard: nil)
      }
    }.value
  }

  private func workUntilIdle() async {
    var found = true
    while found, !Task.isCancelled {
      do {
        found = try await pass()
      } catch {
        observer.failed(error, shard: nil)
        return
      }
    }
  }

  /// One look at all shards.
  ///
  /// - Returns: whether there may be more to do.
  func pass() async throws -> Bool {
    let states = try await currentStates()
    guard !states.isEmpty else { return false }
    let heads = try await pool.withConnection { connection in
      try CorrelationHistory.heads(on: connection)
    }
    var more = false
    for (writer, head) in heads {
      let behind = states.filter { $0.scanned[writer, default: 0] < head }
      for (from, group) in Dictionary(grouping: behind, by: { $0.scanned[writer, default: 0] }) {
        let reachesHead = try await read(writer, from + 1...head, for: group)
        more = more || !reachesHead
      }
    }
    for state in states where shards[state.shard] === state { try await settle(state) }
    return more
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
    for state in states where shards[state.shard] === state {
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

  private func settle(_ state: ShardState) async throws {
    let waiting = state.organizations.values.filter(\.looksAhead).map(\.organization).sorted()
    guard !waiting.isEmpty else { return }
    _ = await attempt(state, waiting) { work, connection in
      try work.settle(waiting, on: connection)
    }
  }

  /// Runs one transaction on a shard; if it fails, the shard's state is dropped.
  private func attempt(
    _ state: ShardState, _ organizations: [OrganizationID],
    _ body:
      @escaping @Sendable (ShardWork, isolated PostgresConnection) throws -> ShardOutcome
  ) async -> Bool {
    do {
      var rules: [OrganizationID: CorrelationRules] = [:]
      for organization in organizations {
        rules[organization] = try await self.rules(organization)
      }
      let work = ShardWork(
        state: state, rules: rules, configuration: configuration, now: .now)
      let outcome = try await pool.withConnection { connection in try body(work, connection) }
      for record in outcome.records { observer.correlated(record) }
      for skip in outcome.skips { observer.failed(skip, shard: state.shard) }
      return true
    } catch {
      if shards[state.shard] === state { shards[state.shard] = nil }
      if let error = error as? IncidentStoreError, error.code == .leaseLost {
        leases[state.shard] = nil
      }
      observer.failed(error, shard: state.shard)
      return false
    }
  }

  /// The states of the shards that are ours, made where there is none yet.
  private func currentStates() async throws -> [ShardState] {
    for (shard, state) in shards where leases[shard] != state.lease { shards[shard] = nil }
    for lease in leases.values.sorted(by: { $0.shard < $1.shard }) where shards[lease.shard] == nil
    {
      let (cursors, organizations) = try await pool.withConnection { connection in
        (
          try CorrelationHistory.cursors(lease.shard, on: connection),
          try CorrelationHistory.organizations(lease.shard, on: connection)
        )
      }
      let state = ShardState(lease: lease, cursors: cursors)
      shards[lease.shard] = state
      try await wakeWaiting(state, organizations)
    }
    return shards.values.sorted { $0.shard < $1.shard }
  }

  /// Builds the state of the organizations whose conditions may have been waiting for time.
  private func wakeWaiting(_ state: ShardState, _ organizations: [OrganizationID]) async throws {
    var waiting: [OrganizationID] = []
    for organization in organizations {
      let plans = try await rules(organization).plans
      if plans.families.contains(where: \.looksAhead) { waiting.append(organization) }
    }
    guard !waiting.isEmpty else { return }
    let organizations = waiting
    _ = await attempt(state, organizations) { work, connection in
      try work.settle(organizations, on: connection)
    }
  }
}
