/// Decides who gets which connection, when to open and when to close one. Does no I/O and reads no
/// clock: it takes events with their time and returns what is to be done.
///
/// Rules: waiters are served in order. A connection is opened for a waiter that no idle or opening
/// connection will serve. Failed openings are retried with growing pauses while somebody waits; once
/// they have failed for `failFastAfter`, waiters get the error at once and a newcomer triggers one
/// attempt a pause.
struct PoolStateMachine {
  typealias ConnectionID = Int
  typealias WaiterID = UInt64
  typealias LeaseID = UInt64

  struct Limits {
    var maxConnections: Int
    var maxWaiters = 1024
    var maxWait = Duration.seconds(30)
    var maxAge = Duration.seconds(1800)
    var maxIdle = Duration.seconds(300)
    var failFastAfter = Duration.seconds(5)
    var firstPause = Duration.milliseconds(100)
    var longestPause = Duration.seconds(2)
  }

  enum Failure: Equatable {
    case full
    case closed
    case timeout(lastError: PostgresError?)
    case connection(PostgresError)
    case cancelled
  }

  enum Action: Equatable {
    case grant(ConnectionID, LeaseID, to: WaiterID, waited: Duration)
    case fail(WaiterID, Failure)
    case open(ConnectionID)
    case close(ConnectionID)
    /// After `shutdown`: the last connection is closed.
    case drained
  }

  enum LeaseOutcome: Equatable {
    case granted(ConnectionID, LeaseID)
    case queued
    case refused(Failure)
  }

  struct Waiter: Sendable {
    let id: WaiterID
    let since: Duration
    let deadline: Duration
  }

  struct Idle {
    let id: ConnectionID
    let since: Duration
  }

  let limits: Limits
  /// When each open connection was opened.
  var openedAt: [ConnectionID: Duration] = [:]
  /// The most recently used last.
  var idle: [Idle] = []
  var leased: [ConnectionID: LeaseID] = [:]
  var opening: Set<ConnectionID> = []
  var closing: Set<ConnectionID> = []
  var waiters = WaiterQueue()
  var nextConnection = 1
  var nextLease: LeaseID = 1
  var isShutDown = false
  var didDrain = false
  var outage: Outage?

  /// Openings fail since then.
  struct Outage {
    let since: Duration
    var pause: Duration
    var retryAt: Duration
    var error: PostgresError
  }

  init(limits: Limits) {
    precondition(limits.maxConnections > 0, "a pool needs at least one connection")
    self.limits = limits
  }

  // MARK: Borrowing

  /// Somebody wants a connection. If the outcome is `.queued`, the waiter's id is answered later.
  mutating func lease(_ waiter: WaiterID, now: Duration) -> (LeaseOutcome, [Action]) {
    if isShutDown { return (.refused(.closed), []) }
    var actions: [Action] = []
    if waiters.isEmpty, let id = takeIdle(now, &actions) {
      return (.granted(id, grant(id)), actions)
    }
    if let outage, isFailingFast(now), opening.isEmpty, leased.isEmpty, now < outage.retryAt {
      return (.refused(.connection(outage.error)), actions)
    }
    guard waiters.count < limits.maxWaiters else { return (.refused(.full), actions) }
    waiters.append(Waiter(id: waiter, since: now, deadline: now + limits.maxWait))
    openIfWanted(now, &actions)
    return (.queued, actions)
  }

  /// The waiter's task was cancelled. Does nothing if it has its answer already.
  mutating func cancel(_ waiter: WaiterID) -> [Action] {
    waiters.remove(waiter) ? [.fail(waiter, .cancelled)] : []
  }

  /// A borrower has done.
  mutating func release(
    _ id: ConnectionID, _ lease: LeaseID, isReusable: Bool, now: Duration
  ) -> [Action] {
    precondition(leased[id] == lease, "a lease was returned twice")
    leased[id] = nil
    var actions: [Action] = []
    guard isReusable, !isShutDown, !isAged(id, now) else {
      close(id, &actions)
      openIfWanted(now, &actions)
      return actions
    }
    offer(id, now, &actions)
    return actions
  }

  // MARK: What the connections report

  mutating func opened(_ id: ConnectionID, now: Duration) -> [Action] {
    opening.remove(id)
    openedAt[id] = now
    outage = nil
    var actions: [Action] = []
    if isShutDown {
      close(id, &actions)
    } else {
      offer(id, now, &actions)
    }
    openIfWanted(now, &actions)
    return actions
  }

  mutating func openingFailed(
    _ id: ConnectionID, _ error: PostgresError, now: Duration
  ) -> [Action] {
    opening.remove(id)
    var failing = outage ?? Outage(since: now, pause: .zero, retryAt: now, error: error)
    failing.pause =
      failing.pause == .zero ? limits.firstPause : min(failing.pause * 2, limits.longestPause)
    failing.retryAt = now + failing.pause
    failing.error = error
    outage = failing
    var actions: [Action] = []
    // While some connections work, waiters can still be served.
    if opening.isEmpty, leased.isEmpty, error.isConfigurationFault || isFailingFast(now) {
      failAll(.connection(error), &actions)
    }
    drainIfDone(&actions)
    return actions
  }

  mutating func closed(_ id: ConnectionID, now: Duration) -> [Action] {
    closing.remove(id)
    var actions: [Action] = []
    openIfWanted(now, &actions)
    drainIfDone(&actions)
    return actions
  }

  // MARK: Time

  /// When `tick` has something to do next. A retry whose time has come was begun by the event at
  /// hand, or waits for a connection to close.
  func nextTick(now: Duration) -> Duration? {
    guard let first = waiters.first else { return nil }
    guard let retry = outage?.retryAt, retry > now else { return first.deadline }
    return min(first.deadline, retry)
  }

  /// Lets waiters go whose time is up and retries a failed opening.
  mutating func tick(now: Duration) -> [Action] {
    var actions: [Action] = []
    while let first = waiters.first, first.deadline <= now {
      waiters.removeFirst()
      actions.append(.fail(first.id, .timeout(lastError: outage?.error)))
    }
    openIfWanted(now, &actions)
    return actions
  }

  /// Closes idle connections that are too old or unused for too long.
  mutating func sweep(now: Duration) -> [Action] {
    var actions: [Action] = []
    let stale = idle.filter { isAged($0.id, now) || now - $0.since > limits.maxIdle }
    idle.removeAll { candidate in stale.contains { $0.id == candidate.id } }
    for candidate in stale { close(candidate.id, &actions) }
    return actions
  }

  /// No more leases; what is borrowed is closed on return.
  mutating func shutdown() -> [Action] {
    var actions: [Action] = []
    isShutDown = true
    failAll(.closed, &actions)
    for connection in idle { close(connection.id, &actions) }
    idle.removeAll()
    drainIfDone(&actions)
    return actions
  }
}
