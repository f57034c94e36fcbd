/// Connections to one database that tasks borrow.
///
/// Waiters are served in order of arrival, at most `maxWaiters` and each at most `maxWait`. A
/// connection is closed rather than lent again when it is older than `maxAge`, when an error of class
/// 08 or 57P was seen on it, when it comes back inside a transaction, and when its borrower was
/// cancelled. While the server can't be reached waiters wait for it to come back for five seconds;
/// from then on they get the error at once until it is back.
///
/// Settings that a borrower makes must be `set local`: the next one has the same session.
public final class PostgresPool: Sendable {
  struct Lease {
    let connection: PostgresConnection
    let id: PoolStateMachine.ConnectionID
    let number: PoolStateMachine.LeaseID
    let waited: Duration
  }

  struct State {
    var machine: PoolStateMachine
    var connections: [PoolStateMachine.ConnectionID: PostgresConnection] = [:]
    var waiters: [PoolStateMachine.WaiterID: CheckedContinuation<Lease, any Error>] = [:]
    var nextWaiter: PoolStateMachine.WaiterID = 0
    var drainers: [CheckedContinuation<Void, Never>] = []
    var scheduledTick: Duration?
  }

  let configuration: PostgresConfiguration
  let observer: (any PostgresObserver)?
  let maxConnections: Int
  let state: Locked<State>

  /// - Parameters:
  ///   - maxWait: how long a borrower waits before it gets `poolTimeout`.
  ///   - maxIdle: connections unused for longer are closed by `run`.
  public init(
    configuration: PostgresConfiguration, maxConnections: Int, maxWaiters: Int = 1024,
    maxWait: Duration = .seconds(30), maxAge: Duration = .seconds(1800),
    maxIdle: Duration = .seconds(300), observer: (any PostgresObserver)? = nil
  ) {
    self.configuration = configuration
    self.observer = observer
    self.maxConnections = maxConnections
    let limits = PoolStateMachine.Limits(
      maxConnections: maxConnections, maxWaiters: maxWaiters, maxWait: maxWait, maxAge: maxAge,
      maxIdle: maxIdle)
    state = Locked(State(machine: PoolStateMachine(limits: limits)))
  }

  /// Borrows a connection for the closure, which runs on the connection's own thread and without a
  /// suspension point: `try await pool.withConnection { c in try c.execute(…) }`.
  ///
  /// When the task is cancelled, the running statement is cancelled on the server and the
  /// connection closed; the closure sees `PostgresError` with code `cancelled`. What a closure that
  /// finished all the same returned is returned.
  public func withConnection<R: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) async throws -> R {
    // Each round that ends without running the body has closed a dead connection.
    for _ in 0...maxConnections {
      let lease = try await acquire()
      let gate = lease.connection.gate
      gate.begin(lease.number)
      let done = await withTaskCancellationHandler {
        await lease.connection.perform(poolWait: lease.waited, body)
      } onCancel: {
        guard let handle = gate.cancel(lease.number) else { return }
        CancelThread.shared.cancel(handle, gate: gate, lease: lease.number)
      }
      let wasCancelled = gate.end(lease.number)
      release(lease, isReusable: done?.isReusable == true && !wasCancelled)
      if let done { return try done.outcome.get() }
      if Task.isCancelled { throw PostgresError(.cancelled, "the borrowing task was cancelled") }
    }
    throw PostgresError(.connection, "one connection after the other ended before its first use")
  }

  /// Closes connections that are too old or idle for too long, until the task is cancelled; then
  /// shuts the pool down and returns when the last connection is closed.
  public func run() async {
    let interval = sweepInterval
    while (try? await Task.sleep(for: interval)) != nil {
      apply { machine, now in machine.sweep(now: now) }
    }
    await shutdown()
  }

  /// Refuses new borrowers, waits for those that have a connection, and closes all.
  public func shutdown() async {
    apply { machine, _ in machine.shutdown() }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock {
        if !$0.machine.didDrain { $0.drainers.append(continuation) }
        return $0.machine.didDrain
      }
      if isDone { continuation.resume() }
    }
  }

  private var sweepInterval: Duration {
    let limits = state.withLock { $0.machine.limits }
    return max(.milliseconds(50), min(limits.maxAge, limits.maxIdle, .seconds(50)) / 10)
  }
}
