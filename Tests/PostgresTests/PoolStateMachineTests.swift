import Testing

@testable import Postgres

@Suite struct PoolStateMachineTests {
  typealias Machine = PoolStateMachine

  private let refused = PostgresError(.connection, "connection refused")

  private func machine(
    connections: Int = 2, waiters: Int = 8, change: (inout Machine.Limits) -> Void = { _ in }
  ) -> Machine {
    var limits = Machine.Limits(maxConnections: connections, maxWaiters: waiters)
    change(&limits)
    return Machine(limits: limits)
  }

  /// Leases for a waiter on an empty pool and reports the connection open.
  private func open(_ machine: inout Machine, waiter: UInt64, at now: Duration) throws
    -> (connection: Int, lease: UInt64)
  {
    let (outcome, actions) = machine.lease(waiter, now: now)
    #expect(outcome == .queued)
    guard case .open(let id) = actions.first else { throw Mismatch.noOpening }
    guard case .grant(id, let lease, to: waiter, waited: _)? = machine.opened(id, now: now).first
    else { throw Mismatch.noGrant }
    return (id, lease)
  }

  enum Mismatch: Error { case noOpening, noGrant }

  @Test func theFirstBorrowerOpensAConnection() throws {
    var machine = machine()
    let (outcome, actions) = machine.lease(1, now: .seconds(1))
    #expect(outcome == .queued)
    #expect(actions == [.open(1)])
    #expect(
      machine.opened(1, now: .seconds(3)) == [.grant(1, 1, to: 1, waited: .seconds(2))])
  }

  @Test func aReturnedConnectionIsLentAgain() throws {
    var machine = machine()
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    #expect(machine.release(id, lease, isReusable: true, now: .zero) == [])
    let (outcome, actions) = machine.lease(2, now: .seconds(1))
    #expect(outcome == .granted(id, lease + 1))
    #expect(actions == [])
  }

  @Test func theMostRecentlyUsedConnectionIsLentFirst() throws {
    var machine = machine()
    let first = try open(&machine, waiter: 1, at: .zero)
    let second = try open(&machine, waiter: 2, at: .zero)
    _ = machine.release(second.connection, second.lease, isReusable: true, now: .zero)
    _ = machine.release(first.connection, first.lease, isReusable: true, now: .zero)
    #expect(machine.lease(3, now: .zero).0 == .granted(first.connection, 3))
  }

  @Test func waitersAreServedInOrder() throws {
    var machine = machine(connections: 1)
    var (id, lease) = try open(&machine, waiter: 1, at: .zero)
    for waiter in 2...4 as ClosedRange<UInt64> {
      #expect(machine.lease(waiter, now: .seconds(waiter)).0 == .queued)
    }
    for waiter in 2...4 as ClosedRange<UInt64> {
      let actions = machine.release(id, lease, isReusable: true, now: .seconds(10))
      lease += 1
      #expect(
        actions == [.grant(id, lease, to: waiter, waited: .seconds(10) - .seconds(waiter))])
    }
    id = 0
  }

  @Test func aCancelledWaiterIsPassedOver() throws {
    var machine = machine(connections: 1)
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    _ = machine.lease(2, now: .zero)
    _ = machine.lease(3, now: .zero)
    #expect(machine.cancel(2) == [.fail(2, .cancelled)])
    #expect(machine.cancel(2) == [])
    let actions = machine.release(id, lease, isReusable: true, now: .zero)
    #expect(actions == [.grant(id, lease + 1, to: 3, waited: .zero)])
    #expect(machine.cancel(3) == [], "it has its connection already")
  }

  @Test func noMoreThanTheBoundIsOpened() throws {
    var machine = machine(connections: 2)
    #expect(machine.lease(1, now: .zero).1 == [.open(1)])
    #expect(machine.lease(2, now: .zero).1 == [.open(2)])
    #expect(machine.lease(3, now: .zero).1 == [])
  }

  @Test func aConnectionThatIsBeingClosedCountsUntilItIsClosed() throws {
    var machine = machine(connections: 1)
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    _ = machine.lease(2, now: .zero)
    #expect(machine.release(id, lease, isReusable: false, now: .zero) == [.close(id)])
    #expect(machine.closed(id, now: .zero) == [.open(2)])
  }

  @Test func noMoreThanTheBoundWaits() throws {
    var machine = machine(connections: 1, waiters: 2)
    _ = try open(&machine, waiter: 1, at: .zero)
    #expect(machine.lease(2, now: .zero).0 == .queued)
    #expect(machine.lease(3, now: .zero).0 == .queued)
    #expect(machine.lease(4, now: .zero).0 == .refused(.full))
  }

  @Test func aWaiterIsLetGoWhenItsTimeIsUp() throws {
    var machine = machine(connections: 1) { $0.maxWait = .seconds(5) }
    _ = try open(&machine, waiter: 1, at: .zero)
    _ = machine.lease(2, now: .seconds(1))
    _ = machine.lease(3, now: .seconds(2))
    #expect(machine.nextTick(now: .seconds(2)) == .seconds(6))
    #expect(machine.tick(now: .seconds(5)) == [])
    #expect(machine.tick(now: .seconds(6)) == [.fail(2, .timeout(lastError: nil))])
    #expect(machine.nextTick(now: .seconds(6)) == .seconds(7))
  }

  @Test func anAgedConnectionIsReplacedOnReturn() throws {
    var machine = machine(connections: 1) { $0.maxAge = .seconds(100) }
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    _ = machine.lease(2, now: .seconds(101))
    #expect(machine.release(id, lease, isReusable: true, now: .seconds(101)) == [.close(id)])
    #expect(machine.closed(id, now: .seconds(101)) == [.open(2)])
  }

  @Test func anAgedIdleConnectionIsNotLent() throws {
    var machine = machine(connections: 2) { $0.maxAge = .seconds(100) }
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    _ = machine.release(id, lease, isReusable: true, now: .zero)
    let (outcome, actions) = machine.lease(2, now: .seconds(101))
    #expect(outcome == .queued)
    #expect(actions == [.close(id), .open(2)])
  }

  @Test func sweepingClosesWhatIsIdleOrOldForTooLong() throws {
    var machine = machine(connections: 2) { $0.maxIdle = .seconds(10) }
    let first = try open(&machine, waiter: 1, at: .zero)
    let second = try open(&machine, waiter: 2, at: .zero)
    _ = machine.release(first.connection, first.lease, isReusable: true, now: .zero)
    _ = machine.release(second.connection, second.lease, isReusable: true, now: .seconds(5))
    #expect(machine.sweep(now: .seconds(10)) == [])
    #expect(machine.sweep(now: .seconds(11)) == [.close(first.connection)])
    #expect(machine.sweep(now: .seconds(11)) == [])
  }

  @Test func agesDifferSoThatConnectionsDoNotEndTogether() {
    var machine = machine(connections: 8) { $0.maxAge = .seconds(1000) }
    for id in 1...8 { machine.openedAt[id] = .zero }
    let ended = (1...8).filter { machine.isAged($0, .seconds(950)) }
    #expect(!ended.isEmpty && ended.count < 8)
  }

  @Test func aFailedOpeningIsRetriedWithGrowingPauses() throws {
    var machine = machine()
    #expect(machine.lease(1, now: .zero).1 == [.open(1)])
    #expect(machine.openingFailed(1, refused, now: .zero) == [])
    #expect(machine.nextTick(now: .zero) == .milliseconds(100))
    #expect(machine.tick(now: .milliseconds(99)) == [])
    #expect(machine.tick(now: .milliseconds(100)) == [.open(2)])
    #expect(machine.nextTick(now: .milliseconds(100)) == .seconds(30))
    #expect(machine.openingFailed(2, refused, now: .milliseconds(110)) == [])
    #expect(machine.nextTick(now: .milliseconds(110)) == .milliseconds(310))
    #expect(machine.tick(now: .milliseconds(310)) == [.open(3)])
    #expect(
      machine.opened(3, now: .milliseconds(400)) == [
        .grant(3, 1, to: 1, waited: .milliseconds(400))
      ])
  }

  @Test func duringAnOutageOneAtATimeTries() throws {
    var machine = machine(connections: 4)
    for waiter in 1...4 as ClosedRange<UInt64> { _ = machine.lease(waiter, now: .zero) }
    for id in 1...4 { _ = machine.openingFailed(id, refused, now: .zero) }
    #expect(machine.tick(now: .seconds(3)) == [.open(5)])
    let actions = machine.opened(5, now: .seconds(3))
    #expect(
      actions == [
        .grant(5, 1, to: 1, waited: .seconds(3)), .open(6), .open(7), .open(8),
      ])
  }

  @Test func afterALongOutageWaitersGetTheErrorAtOnce() throws {
    var machine = machine { $0.failFastAfter = .seconds(5) }
    _ = machine.lease(1, now: .zero)
    _ = machine.openingFailed(1, refused, now: .zero)
    _ = machine.tick(now: .seconds(5))
    #expect(
      machine.openingFailed(2, refused, now: .seconds(5)) == [.fail(1, .connection(refused))])
    #expect(machine.lease(2, now: .seconds(5)).0 == .refused(.connection(refused)))
    // After the pause the next one tries, and others wait for the outcome.
    let (outcome, actions) = machine.lease(3, now: .seconds(8))
    #expect(outcome == .queued)
    #expect(actions == [.open(3)])
    #expect(machine.lease(4, now: .seconds(8)).0 == .queued)
    #expect(
      machine.openingFailed(3, refused, now: .seconds(8)) == [
        .fail(3, .connection(refused)), .fail(4, .connection(refused)),
      ])
  }

  @Test func credentialsThatAreWrongAreNotTriedAgain() throws {
    var machine = machine()
    let wrong = PostgresError(.connection, "password authentication failed", sqlState: "28P01")
    _ = machine.lease(1, now: .zero)
    #expect(machine.openingFailed(1, wrong, now: .zero) == [.fail(1, .connection(wrong))])
  }

  @Test func waitersOutlastAServerThatTakesNoMoreConnections() throws {
    var machine = machine(connections: 2) { $0.failFastAfter = .seconds(5) }
    let full = PostgresError(.connection, "too many clients already", sqlState: "53300")
    let (id, lease) = try open(&machine, waiter: 1, at: .zero)
    _ = machine.lease(2, now: .zero)
    #expect(machine.openingFailed(2, full, now: .zero) == [])
    #expect(machine.tick(now: .seconds(6)) == [.open(3)])
    #expect(machine.openingFailed(3, full, now: .seconds(6)) == [])
    #expect(
      machine.release(id, lease, isReusable: true, now: .seconds(6)) == [
        .grant(id, 2, to: 2, waited: .seconds(6))
      ])
  }

  @Test func shutdownDrains() throws {
    var machine = machine(connections: 2)
    let first = try open(&machine, waiter: 1, at: .zero)
    let second = try open(&machine, waiter: 2, at: .zero)
    _ = machine.release(second.connection, second.lease, isReusable: true, now: .zero)
    #expect(machine.shutdown() == [.close(second.connection)])
    #expect(machine.lease(3, now: .zero).0 == .refused(.closed))
    #expect(machine.closed(second.connection, now: .zero) == [])
    #expect(
      machine.release(first.connection, first.lease, isReusable: true, now: .zero) == [
        .close(first.connection)
      ])
    #expect(machine.closed(first.connection, now: .zero) == [.drained])
  }

  @Test func shutdownFailsWaitersAndAnEmptyPoolIsDrainedAtOnce() {
    var empty = machine()
    #expect(empty.shutdown() == [.drained])
    #expect(empty.shutdown() == [])
    var waiting = machine(connections: 1)
    _ = waiting.lease(1, now: .zero)
    #expect(waiting.shutdown() == [.fail(1, .closed)])
    #expect(waiting.opened(1, now: .zero) == [.close(1)])
    #expect(waiting.closed(1, now: .zero) == [.drained])
  }
}
