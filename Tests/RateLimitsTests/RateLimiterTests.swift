import NIOConcurrencyHelpers
import Redis
import TestServers
import Testing

@testable import RateLimits

/// A clock that a test sets.
private final class ManualClock: Sendable {
  private let time = NIOLockedValueBox(Duration.zero)

  var now: Duration { time.withLockedValue { $0 } }
  func advance(by duration: Duration) { time.withLockedValue { $0 += duration } }
}

/// A node as the others see it.
private struct Node {
  let redis: RedisClient
  let limiter: RateLimiter

  init(_ path: String, now: (@Sendable () -> Duration)? = nil) async throws {
    redis = RedisClient(configuration: RedisConfiguration(address: .unix(path: path)))
    try await redis.waitUntilConnected()
    limiter = RateLimiter(redis: redis, now: now)
  }

  func allowed(_ key: String, _ policy: RatePolicy, of count: Int) async -> Int {
    var allowed = 0
    for _ in 0..<count {
      if await limiter.take(key, policy).isAllowed { allowed += 1 }
    }
    return allowed
  }
}

private func name() -> String { "test:\(UInt64.random(in: 0 ... .max))" }

@Suite struct RateLimiterTests {
  @Test func nodesShareALimit() async throws {
    let path = try await SharedRedis.shared().socketPath
    let nodes = [try await Node(path), try await Node(path), try await Node(path)]
    let key = name()
    let policy = RatePolicy(limit: 100)
    let allowed = await withTaskGroup(of: Int.self) { group in
      for node in nodes {
        for _ in 0..<4 { group.addTask { await node.allowed(key, policy, of: 50) } }
      }
      var sum = 0
      for await part in group { sum += part }
      return sum
    }
    #expect(allowed == 100)
    let refused = await nodes[0].limiter.take(key, policy)
    #expect(!refused.isAllowed && refused.remaining == 0)
    #expect((1...60).contains(refused.waitSeconds))
    #expect(await nodes[1].limiter.take(name(), policy).remaining == 99)
  }

  @Test func noWindowOverTwoNodesHoldsMoreThanTheLimit() async throws {
    let path = try await SharedRedis.shared().socketPath
    let nodes = [try await Node(path), try await Node(path)]
    let key = name()
    let policy = RatePolicy(limit: 40, window: .milliseconds(500))
    let passed = await withTaskGroup(of: [Range<ContinuousClock.Instant>].self) { group in
      for node in nodes {
        group.addTask {
          var passed: [Range<ContinuousClock.Instant>] = []
          let end = ContinuousClock.now + .seconds(3)
          while ContinuousClock.now < end {
            let asked = ContinuousClock.now
            if await node.limiter.take(key, policy).isAllowed {
              passed.append(asked..<ContinuousClock.now)
            }
          }
          return passed
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    // Each was counted between its question and its answer: what lies in a window whole was counted in it.
    for first in passed {
      let end = first.lowerBound + policy.window
      let inside = passed.count { $0.lowerBound >= first.lowerBound && $0.upperBound < end }
      #expect(inside <= policy.limit)
    }
    // Behind a window without requests there is room for all of them, on either node.
    for node in nodes {
      try await Task.sleep(for: policy.window + .milliseconds(50))
      #expect(await node.allowed(key, policy, of: policy.limit) == policy.limit)
    }
  }

  @Test func aSteadyClientIsNotLockedOut() async throws {
    let path = try await SharedRedis.shared().socketPath
    let node = try await Node(path)
    let key = name()
    // 10 in 400 ms; one every 45 ms, for several windows.
    let policy = RatePolicy(limit: 10, window: .milliseconds(400))
    for _ in 0..<40 {
      #expect(await node.limiter.take(key, policy).isAllowed)
      try await Task.sleep(for: .milliseconds(45))
    }
  }

  @Test func aNodeCountsAloneWithoutRedis() async throws {
    let server = try await DisposableRedis()
    let node = try await Node(server.socketPath)
    let key = name()
    let policy = RatePolicy(limit: 20)
    #expect(await node.allowed(key, policy, of: 8) == 8)
    await server.kill()
    #expect(await node.allowed(key, policy, of: 30) == 12)
    // An empty Redis makes no new limit.
    try await server.start()
    try await node.redis.waitUntilConnected()
    #expect(await node.allowed(key, policy, of: 30) == 0)
  }

  @Test func aStalledRedisRefusesNobody() async throws {
    let server = try await DisposableRedis()
    let node = try await Node(server.socketPath)
    await server.suspend()
    #expect(await node.allowed(name(), RatePolicy(limit: 50), of: 50) == 50)
    await server.resume()
  }

  @Test func whatTheInstallationRefusesIsNotAskedAgain() async throws {
    let path = try await SharedRedis.shared().socketPath
    let clock = ManualClock()
    let first = try await Node(path)
    let second = try await Node(path, now: { clock.now })
    let key = name()
    let policy = RatePolicy(limit: 5)
    #expect(await first.allowed(key, policy, of: 5) == 5)
    #expect(await second.allowed(key, policy, of: 3) == 0)
    await second.redis.shutdown()
    // It still knows, and counted nothing of its own.
    #expect(second.limiter.refused == 3)
    #expect(await second.allowed(key, policy, of: 3) == 0)
    clock.advance(by: .seconds(61))
    #expect(await second.allowed(key, policy, of: 9) == 5)
  }

  @Test func anotherTierIsHeldToAtOnce() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(redis: nil, now: { clock.now })
    for _ in 0..<5 { _ = await limiter.take("a", RatePolicy(limit: 5)) }
    #expect(await !limiter.take("a", RatePolicy(limit: 5)).isAllowed)
    #expect(await limiter.take("a", RatePolicy(limit: 10)).remaining == 4)
    clock.advance(by: .seconds(60))
    #expect(await limiter.take("a", RatePolicy(limit: 5)).remaining == 4)
  }

  @Test func memoryIsBounded() async {
    let windows = NodeWindows(capacity: 100)
    for number in 0..<1000 {
      _ = windows.take("\(number)", RatePolicy(limit: 5), now: .zero)
      // One that is in use stays.
      _ = windows.take("busy", RatePolicy(limit: 5), now: .zero)
    }
    #expect(windows.count <= 100)
    #expect(windows.peek("busy", RatePolicy(limit: 5), now: .zero).remaining == 0)
  }

  @Test func failuresAreCountedAndNothingElse() {
    let clock = ManualClock()
    let limiter = FailureLimiter(RatePolicy(limit: 2), now: { clock.now })
    #expect(limiter.peek("a").isAllowed)
    #expect(limiter.fail("a").isAllowed)
    #expect(limiter.peek("a").isAllowed)
    #expect(limiter.fail("a").isAllowed)
    #expect(!limiter.peek("a").isAllowed)
    #expect(!limiter.fail("a").isAllowed)
    #expect(limiter.refused == 1)
    #expect(limiter.fail("b").isAllowed)
    clock.advance(by: .seconds(60))
    #expect(limiter.peek("a").isAllowed)
  }
}
