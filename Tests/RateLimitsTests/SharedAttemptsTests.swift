import RateLimits
import Redis
import TestServers
import Testing

@Suite struct SharedAttemptsTests {
  private func attempts(window: Duration = .seconds(900)) async throws -> SharedAttempts {
    let path = try await SharedRedis.shared().socketPath
    let redis = RedisClient(configuration: RedisConfiguration(address: .unix(path: path)))
    try await redis.waitUntilConnected()
    return SharedAttempts(redis: redis, window: window)
  }

  private func name(_ kind: String) -> String { "\(kind) \(UInt64.random(in: 0 ... .max))" }

  @Test func nodesCountTogetherAndARefusedAttemptCountsNowhere() async throws {
    let nodes = [try await attempts(), try await attempts()]
    let pair = name("pair")
    let account = name("account")
    for number in 0..<4 {
      #expect(try await nodes[number % 2].count([(pair, 4), (account, 5)]) == nil)
    }
    for node in nodes {
      let wait = try #require(try await node.count([(pair, 4), (account, 5)]))
      #expect(wait > .seconds(600) && wait <= .seconds(900))
    }
    // Had the refused ones been counted, the account would be full.
    #expect(try await nodes[0].count([(name("pair"), 4), (account, 5)]) == nil)
    #expect(try await nodes[1].count([(name("pair"), 4), (account, 5)]) != nil)
  }

  @Test func aForgottenCounterBeginsAnew() async throws {
    let node = try await attempts()
    let pair = name("pair")
    #expect(try await node.count([(pair, 1)]) == nil)
    #expect(try await node.count([(pair, 1)]) != nil)
    try await node.forget(pair)
    #expect(try await node.count([(pair, 1)]) == nil)
  }

  @Test func anAttemptIsGivenBack() async throws {
    let node = try await attempts()
    let (address, absent) = (name("address"), name("absent"))
    #expect(try await node.count([(address, 2)]) == nil)
    #expect(try await node.count([(address, 2)]) == nil)
    try await node.giveBack([address, absent])
    #expect(try await node.count([(address, 2)]) == nil)
    #expect(try await node.count([(address, 2)]) != nil)
    // What was never counted is no credit.
    #expect(try await node.count([(absent, 1)]) == nil)
    #expect(try await node.count([(absent, 1)]) != nil)
  }

  @Test func aWindowEnds() async throws {
    let node = try await attempts(window: .seconds(2))
    let pair = name("pair")
    #expect(try await node.count([(pair, 1)]) == nil)
    let wait = try #require(try await node.count([(pair, 1)]))
    try await Task.sleep(for: wait + .milliseconds(20))
    #expect(try await node.count([(pair, 1)]) == nil)
  }
}
