import Core
import NIOConcurrencyHelpers
import Testing

@testable import Access

@Suite struct AsyncGateTests {
  @Test func boundsWhatRunsAtATime() async throws {
    let gate = AsyncGate(slots: 3, maximumWaiting: 100)
    let counts = NIOLockedValueBox((now: 0, most: 0, done: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<60 {
        group.addTask {
          try await gate.run {
            counts.withLockedValue {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            await Task.yield()
            counts.withLockedValue {
              $0.now -= 1
              $0.done += 1
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(counts.withLockedValue { $0.done } == 60)
    #expect(counts.withLockedValue { $0.most } <= 3)
  }

  @Test func refusesWhoeverFindsTheLineFull() async throws {
    let gate = AsyncGate(slots: 1, maximumWaiting: 0)
    let refused = try await gate.run {
      try await slug { try await gate.run {} }
    }
    #expect(refused == "busy")
    try await gate.run {}
  }

  @Test func aCancelledWaiterLeavesTheLine() async throws {
    let gate = AsyncGate(slots: 1, maximumWaiting: 1)
    try await gate.run {
      for _ in 0..<50 {
        let waiter = Task { try await gate.run {} }
        await Task.yield()
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
      }
    }
    try await gate.run {}
  }

  @Test func anErrorGivesTheSlotBack() async throws {
    struct Failure: Error {}
    let gate = AsyncGate(slots: 1, maximumWaiting: 0)
    await #expect(throws: Failure.self) { try await gate.run { throw Failure() } }
    try await gate.run {}
  }
}
