public import Core
internal import IncidentStore
public import Postgres

/// Reads committed detections and turns them into incidents, exactly once.
///
/// It holds leases on shards of the organizations, reads each writer's commits without gaps, and
/// writes incidents, evidence, journal, outbox and cursors of a batch in one transaction, fenced by
/// the lease. Its memory is a function of the table: on any failure it is dropped and built again.
/// Any number of correlators share the work.
///
/// What was committed before a change of rules is correlated by the rules before it, and what came
/// after by those after it, however late that is: see `CorrelationBarrier`.
public actor Correlator {
  let configuration: CorrelatorConfiguration
  let pool: PostgresPool
  private let listening: PostgresConfiguration?
  let rules: CorrelationRulesProvider
  let observer: any CorrelatorObserver
  var shards: [CorrelationShard: ShardState] = [:]
  var leases: [CorrelationShard: CorrelationLease] = [:]
  var memory = CorrelatorMemory()

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

  /// About how many bytes the state of each of an organization's correlations takes on this node, by its
  /// id; taken every few seconds.
  public func stateBytes(of organization: OrganizationID) -> [String: Int] {
    memory.bytes[organization] ?? [:]
  }

  /// The same of all organizations together.
  public var stateBytes: Int {
    memory.bytes.values.reduce(0) { $0 + $1.values.reduce(0, +) }
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
          configuration: listening, channels: ["harrier_detections", "harrier_rules"])
        group.addTask {
          for await _ in listener.notifications() { wake.yield() }
        }
      }
      for await _ in wakes {
        if Task.isCancelled { break }
        let began = ContinuousClock.now
        await workUntilIdle()
        // What a look costs beside its detections is saved where looks are costly.
        let rest = max(
          configuration.rest, min((ContinuousClock.now - began) * 3, configuration.longestRest))
        do { try await Task.sleep(for: rest) } catch { break }
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
}
