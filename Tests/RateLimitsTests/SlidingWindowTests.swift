import Testing

@testable import RateLimits

/// What was let through, by its times.
private struct Log {
  var window = SlidingWindow()
  var passed: [Duration] = []
  var refused = 0
  let policy: RatePolicy

  init(_ limit: Int) {
    policy = RatePolicy(limit: limit)
  }

  mutating func ask(at now: Duration) {
    if window.take(policy, now: now).0.isAllowed { passed.append(now) } else { refused += 1 }
  }

  /// The most that any window held, both ends counted that lie less than a window apart.
  var fullest: Int {
    var first = 0
    var most = 0
    for (index, time) in passed.enumerated() {
      while passed[first] + policy.window <= time { first += 1 }
      most = max(most, index - first + 1)
    }
    return most
  }
}

@Suite struct SlidingWindowTests {
  @Test(arguments: [1, 7, 60, 300, 1000], [1, 2, 3, 4, 5] as [UInt64])
  func noWindowEverHoldsMoreThanTheLimit(limit: Int, seed: UInt64) {
    var log = Log(limit)
    var random = Random(state: seed)
    var now = Duration.zero
    // Bursts and pauses of all lengths, for about twenty minutes.
    for _ in 0..<400 {
      for _ in 0..<Int.random(in: 1...(limit / 4 + 2), using: &random) {
        now += .microseconds(Int.random(in: 0...20_000, using: &random))
        log.ask(at: now)
      }
      now += .milliseconds(Int.random(in: 0...6000, using: &random))
    }
    #expect(log.fullest <= limit)
    #expect(!log.passed.isEmpty)
  }

  @Test func aSteadyClientIsNeverRefused() {
    // The limit, evenly spread, and a client that keeps asking for an hour.
    var log = Log(60)
    for second in 0..<3600 { log.ask(at: .seconds(second)) }
    #expect(log.refused == 0)
    var busy = Log(1000)
    for step in 0..<60_000 { busy.ask(at: .milliseconds(61 * step)) }
    #expect(busy.refused == 0)
  }

  @Test(arguments: [60, 300, 1000, 10_000])
  func aGreedyClientGetsNearlyTheLimit(limit: Int) {
    var log = Log(limit)
    // Four times as many as may be, for ten minutes.
    let step = Duration.seconds(60) / (4 * limit)
    for index in 0..<(40 * limit) { log.ask(at: step * index) }
    #expect(log.fullest <= limit)
    #expect(Double(log.passed.count) >= 0.98 * Double(10 * limit))
    #expect(log.passed.count <= 10 * limit)
  }

  @Test func theEdgeOfAWindow() {
    var window = SlidingWindow()
    let policy = RatePolicy(limit: 2)
    #expect(window.take(policy, now: .zero).0.remaining == 1)
    let second = window.take(policy, now: .seconds(1)).0
    #expect(second.isAllowed && second.remaining == 0 && second.waitSeconds == 59)
    let early = window.take(policy, now: .milliseconds(59_999)).0
    #expect(!early.isAllowed && early.remaining == 0 && early.waitSeconds == 1)
    #expect(window.take(policy, now: .seconds(60)).0.isAllowed)
    #expect(!window.take(policy, now: .milliseconds(60_999)).0.isAllowed)
    #expect(window.take(policy, now: .seconds(61)).0.isAllowed)
  }

  @Test func whatIsGivenBackIsFree() throws {
    var window = SlidingWindow()
    let policy = RatePolicy(limit: 2)
    let first = try #require(window.take(policy, now: .zero).1)
    let second = try #require(window.take(policy, now: .milliseconds(1)).1)
    #expect(!window.take(policy, now: .seconds(2)).0.isAllowed)
    window.giveBack(second)
    window.giveBack(first)
    #expect(window == SlidingWindow())
    window.giveBack(first)
    #expect(window.count == 0)
  }
}

/// xorshift64*: the same numbers for the same seed.
private struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
