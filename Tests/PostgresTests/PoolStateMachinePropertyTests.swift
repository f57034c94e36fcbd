import Testing

@testable import Postgres

/// Random events in random order: nobody is forgotten, nothing is lent twice, no bound is passed.
@Suite struct PoolStateMachinePropertyTests {
  /// Carries out what the machine decides, at random times later.
  struct World {
    var machine: PoolStateMachine
    var random: SplitMix
    var now = Duration.zero
    var waiting: [UInt64] = []
    var leased: [Int: UInt64] = [:]
    var opening: [Int] = []
    var closing: [Int] = []
    var nextWaiter: UInt64 = 1
    var answered = 0

    mutating func apply(_ actions: [PoolStateMachine.Action]) {
      for action in actions {
        switch action {
        case .grant(let id, let lease, let waiter, _):
          #expect(waiting.first == waiter, "out of order")
          waiting.removeAll { $0 == waiter }
          #expect(leased[id] == nil && !closing.contains(id) && !opening.contains(id))
          leased[id] = lease
          answered += 1
        case .fail(let waiter, _):
          #expect(waiting.contains(waiter))
          waiting.removeAll { $0 == waiter }
          answered += 1
        case .open(let id): opening.append(id)
        case .close(let id):
          #expect(leased[id] == nil)
          closing.append(id)
        case .drained:
          #expect(leased.isEmpty && opening.isEmpty && closing.isEmpty)
        }
      }
    }

    mutating func step() {
      now += .milliseconds(random.below(400))
      let error = PostgresError(.connection, "refused")
      switch random.below(10) {
      case 0...3:
        let (outcome, actions) = machine.lease(nextWaiter, now: now)
        if outcome == .queued { waiting.append(nextWaiter) } else { answered += 1 }
        if case .granted(let id, let lease) = outcome {
          #expect(waiting.isEmpty, "jumped the queue")
          leased[id] = lease
        }
        nextWaiter += 1
        apply(actions)
      case 4...5:
        guard let (id, lease) = leased.randomElement(using: &random) else { return }
        leased[id] = nil
        apply(machine.release(id, lease, isReusable: random.below(4) > 0, now: now))
      case 6:
        guard let id = opening.popLast() else { return }
        apply(
          random.below(3) > 0
            ? machine.opened(id, now: now) : machine.openingFailed(id, error, now: now))
      case 7:
        guard let id = closing.popLast() else { return }
        apply(machine.closed(id, now: now))
      case 8:
        guard let waiter = waiting.randomElement(using: &random) else { return }
        apply(machine.cancel(waiter))
      default:
        apply(machine.tick(now: now))
        apply(machine.sweep(now: now))
      }
      #expect(leased.count + opening.count + closing.count <= machine.limits.maxConnections)
      #expect(waiting.count <= machine.limits.maxWaiters)
      #expect(waiting.count == machine.waiters.count)
    }

    mutating func drain() {
      apply(machine.shutdown())
      for id in opening { apply(machine.opened(id, now: now)) }
      opening = []
      for (id, lease) in leased {
        leased[id] = nil
        apply(machine.release(id, lease, isReusable: true, now: now))
      }
      while let id = closing.popLast() { apply(machine.closed(id, now: now)) }
    }
  }

  @Test func everyBorrowerGetsOneAnswer() {
    let seed = UInt64.random(in: 1...UInt64.max)
    for round in 0..<40 as Range<UInt64> {
      var limits = PoolStateMachine.Limits(maxConnections: 3, maxWaiters: 6)
      limits.maxWait = .seconds(5)
      limits.maxAge = .seconds(20)
      limits.maxIdle = .seconds(3)
      var world = World(
        machine: PoolStateMachine(limits: limits), random: SplitMix(state: seed &+ round))
      for _ in 0..<500 { world.step() }
      world.drain()
      #expect(world.machine.didDrain, "seed \(seed), round \(round)")
      #expect(world.answered == Int(world.nextWaiter - 1), "seed \(seed), round \(round)")
    }
  }
}

/// SplitMix64: a small generator with a printable seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int {
    Int.random(in: 0..<bound, using: &self)
  }
}
