import NIOConcurrencyHelpers
import Testing

@testable import Access

@Suite struct CredentialCacheStateTests {
  private typealias State = CredentialCacheState<Int, String>

  private func load(
    _ state: inout State, _ key: String, _ value: Int?, at now: Duration = .zero
  ) throws {
    guard case .load(let ticket) = state.lookUp(key, now: now) else {
      Issue.record("\(key) is not to be loaded")
      return
    }
    _ = state.complete(key, ticket: ticket, value: value, expires: now + .seconds(1))
  }

  private func hit(_ state: inout State, _ key: String, at now: Duration = .zero) -> Int?? {
    if case .hit(let value) = state.lookUp(key, now: now) { value } else { nil }
  }

  @Test func keepsAValueAndAnAbsenceUntilTheyExpire() throws {
    var state = State(capacity: 8)
    try load(&state, "a", 1)
    try load(&state, "b", nil)
    #expect(hit(&state, "a", at: .milliseconds(999)) == .some(1))
    #expect(hit(&state, "b", at: .milliseconds(999)) == .some(nil))
    try load(&state, "a", 2, at: .seconds(1))
    try load(&state, "b", 3, at: .seconds(1))
    #expect(hit(&state, "b", at: .seconds(1)) == .some(3))
  }

  @Test func oneLoaderAKey() throws {
    var state = State(capacity: 8)
    guard case .load(let ticket) = state.lookUp("a", now: .zero) else {
      Issue.record("not to be loaded")
      return
    }
    guard case .busy = state.lookUp("a", now: .zero) else {
      Issue.record("not busy")
      return
    }
    let joined = ["a", "a", "b"].map { state.join($0, waiter: $0) }
    #expect(joined == [true, true, false])
    let done = state.complete("a", ticket: ticket, value: 1, expires: .seconds(1))
    #expect(done.waiters == ["a", "a"])
    #expect(done.isCurrent)
    let late = state.join("a", waiter: "a")
    #expect(!late)
  }

  @Test func aFailedLoadIsTriedAgain() {
    var state = State(capacity: 8)
    _ = state.lookUp("a", now: .zero)
    _ = state.join("a", waiter: "w")
    let waiters = state.fail("a")
    #expect(waiters == ["w"])
    guard case .load = state.lookUp("a", now: .zero) else {
      Issue.record("not to be loaded")
      return
    }
  }

  @Test(arguments: [true, false])
  func whatIsInvalidatedWhileItIsLoadedIsNotKept(all: Bool) throws {
    var state = State(capacity: 8)
    guard case .load(let ticket) = state.lookUp("a", now: .zero) else {
      Issue.record("not to be loaded")
      return
    }
    _ = state.join("a", waiter: "w")
    if all { state.invalidateAll() } else { state.invalidate("a") }
    let done = state.complete("a", ticket: ticket, value: 1, expires: .seconds(1))
    #expect(!done.isCurrent)
    #expect(done.waiters == ["w"])
    #expect(hit(&state, "a") == nil)
  }

  @Test func invalidationDropsOneOrAll() throws {
    var state = State(capacity: 8)
    for (key, value) in [("a", 1), ("b", 2)] { try load(&state, key, value) }
    try load(&state, "c", nil)
    state.invalidate("a")
    state.invalidate("c")
    #expect(hit(&state, "b") == .some(2))
    #expect(state.count == 1)
    state.invalidateAll()
    #expect(state.count == 0)
  }

  @Test func staysWithinItsCapacityAndKeepsWhatIsUsed() throws {
    var state = State(capacity: 16)
    try load(&state, "hot", 0)
    for number in 1...500 {
      #expect(hit(&state, "hot") == .some(0))
      try load(&state, "cold \(number)", number)
      #expect(state.count <= 16)
    }
  }

  @Test func inventedNamesDoNotPushOutRealOnes() throws {
    var state = State(capacity: 16)
    for number in 1...4 { try load(&state, "real \(number)", number) }
    for number in 1...500 { try load(&state, "invented \(number)", nil) }
    for number in 1...4 { #expect(hit(&state, "real \(number)") == .some(number)) }
    #expect(state.count <= 16)
  }
}

@Suite struct CredentialCacheTests {
  @Test func manyAskersCostOneLoad() async throws {
    let cache = CredentialCache<Int>(capacity: 8, clock: ManualClock().clock)
    let loads = NIOLockedValueBox(0)
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let values = try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await cache.value(for: "a") {
            loads.withLockedValue { $0 += 1 }
            for await _ in gate {}
            return 7
          }
        }
      }
      for _ in 0..<20 { await Task.yield() }
      open.finish()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == Array(repeating: 7, count: 20))
    #expect(loads.withLockedValue { $0 } == 1)
  }

  @Test func anErrorReachesItsAskerAndIsNotKept() async throws {
    struct Failure: Error {}
    let cache = CredentialCache<Int>(capacity: 8, clock: ManualClock().clock)
    await #expect(throws: Failure.self) { try await cache.value(for: "a") { throw Failure() } }
    #expect(try await cache.value(for: "a") { 1 } == 1)
  }

  @Test func aCancelledLoaderDoesNotFailTheOthers() async throws {
    let cache = CredentialCache<Int>(capacity: 8, clock: ManualClock().clock)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let loader = Task {
      try await cache.value(for: "a") {
        start.finish()
        try await Task.sleep(for: .seconds(3600))
        return 1
      }
    }
    for await _ in started {}
    let follower = Task { try await cache.value(for: "a") { 2 } }
    for _ in 0..<10 { await Task.yield() }
    loader.cancel()
    #expect(try await follower.value == 2)
    await #expect(throws: CancellationError.self) { try await loader.value }
  }

  @Test func anEntryLivesForASecondFromBeforeItsLoad() async throws {
    let clock = ManualClock()
    let cache = CredentialCache<Int>(capacity: 8, clock: clock.clock)
    _ = try await cache.value(for: "a") {
      clock.advance(.milliseconds(600))
      return 1
    }
    #expect(try await cache.value(for: "a") { 2 } == 1)
    clock.advance(.milliseconds(399))
    #expect(try await cache.value(for: "a") { 2 } == 1)
    clock.advance(.milliseconds(1))
    #expect(try await cache.value(for: "a") { 2 } == 2)
  }
}
