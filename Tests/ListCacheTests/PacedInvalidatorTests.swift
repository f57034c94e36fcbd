import Core
import ListCache
import Redis
import TestServers
import Testing

@Suite struct PacedInvalidatorTests {
  private let scope = CacheScope(
    list: "events.list", organization: OrganizationID(1), within: ["events:org:1:2026-11:*"])
  private let pattern: CachePattern = "events:org:1:2026-11:*"

  private func increments(_ redis: RedisClient) async throws -> Int {
    let stats = try await redis.send(RedisCommand("INFO", "commandstats")).text ?? ""
    let line = stats.split(whereSeparator: \.isNewline).first {
      $0.hasPrefix("cmdstat_incr:calls=")
    }
    return line.flatMap { Int($0.dropFirst(19).prefix { $0 != "," }) } ?? 0
  }

  @Test func manyChangesAreFewIncrements() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    // An hour: only the first change and the last flush can come through.
    let invalidator = PacedInvalidator(cache: cache, interval: .seconds(3600))
    #expect(try await cache.read(scope, query: "q") { [1] }.bytes == [1])
    let service = Task { await invalidator.run() }
    invalidator.note(pattern)
    while try await increments(redis) == 0 { await Task.yield() }
    #expect(try await cache.read(scope, query: "q") { [2] }.bytes == [2])
    for _ in 0..<10_000 { invalidator.note(pattern) }
    #expect(invalidator.pending == 1)
    #expect(try await cache.read(scope, query: "q") { [3] }.outcome == .hit)
    service.cancel()
    await service.value
    #expect(invalidator.pending == 0)
    #expect(try await increments(redis) == 2)
    #expect(try await cache.read(scope, query: "q") { [3] }.bytes == [3])
  }

  @Test func changesComeThroughAgainAndAgain() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let invalidator = PacedInvalidator(cache: cache, interval: .milliseconds(1))
    let service = Task { await invalidator.run() }
    for version in 0..<50 as Range<UInt8> {
      _ = try await cache.read(scope, query: "q") { [version] }
      invalidator.note(pattern)
      while try await cache.read(scope, query: "q", load: { [version + 1] }).bytes != [version + 1]
      {
        await Task.yield()
      }
    }
    service.cancel()
    await service.value
  }

  @Test func whatRedisDidNotTakeStaysNoted() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    let invalidator = PacedInvalidator(cache: cache)
    #expect(try await cache.read(scope, query: "q") { [1] }.bytes == [1])
    invalidator.note(pattern)
    try await redis.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
    let error = await #expect(throws: ListCacheError.self) { try await invalidator.flush() }
    #expect(error?.code == .notInvalidated)
    #expect(invalidator.pending == 1)
    try await redis.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
    let ticket = try #require(cache.pendingCatchUp)
    try await invalidator.flush()
    #expect(try await cache.markCaughtUp(ticket))
    #expect(try await cache.read(scope, query: "q") { [2] }.bytes == [2])
  }

  @Test func tooManyPatternsBecomeOne() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let invalidator = PacedInvalidator(cache: cache)
    #expect(try await cache.read(scope, query: "q") { [1] }.bytes == [1])
    for number in 0...PacedInvalidator.maxPatterns {
      invalidator.note(try CachePattern("other:\(number):*"))
    }
    #expect(invalidator.pending == 1)
    invalidator.note("other:again:*")
    #expect(invalidator.pending == 1)
    try await invalidator.flush()
    #expect(try await cache.read(scope, query: "q") { [2] }.bytes == [2])
  }
}
