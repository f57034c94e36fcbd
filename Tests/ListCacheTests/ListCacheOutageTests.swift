import Core
import ListCache
import Redis
import TestServers
import Testing

/// Redis goes, comes back, forgets, or remembers what it should not.
@Suite struct ListCacheOutageTests {
  private let scope = CacheScope(
    list: "incidents.list", organization: OrganizationID(1), within: ["incidents:org:1:*"])

  private func read(_ cache: ListCache, _ body: String) async throws -> CachedBody {
    try await cache.read(scope, query: "q") { Array(body.utf8) }
  }

  private func reconnected(_ redis: RedisClient, after generation: UInt64) async throws {
    while (redis.connectionGeneration ?? 0) <= generation {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func withoutRedisTheLoaderAnswers() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    _ = try await read(cache, "old")
    await server.kill()
    while redis.isConnected { await Task.yield() }
    #expect(cache.bypassReason == .redisIsAway && cache.pendingCatchUp == nil)
    let body = try await read(cache, "new")
    #expect(body.outcome == .bypass && text(body) == "new")
    // The tag says whether the body is the same, also without the cache.
    #expect(try await read(cache, "new").etag == body.etag)
    #expect(try await read(cache, "newer").etag != body.etag)
    #expect(cache.statistics["incidents.list"]?.bypasses == 3)
    let error = await #expect(throws: ListCacheError.self) {
      try await cache.invalidate("incidents:*")
    }
    #expect(error?.code == .notInvalidated)
  }

  @Test func aNodeBypassesUntilItHasCaughtUp() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.node()
    #expect(cache.bypassReason == .notCaughtUp)
    #expect(try await read(cache, "x").outcome == .bypass)
    #expect(try await cache.markCaughtUp())
    #expect(cache.bypassReason == nil && cache.pendingCatchUp == nil)
    #expect(try await read(cache, "x").outcome == .miss)

    let old = try await redis.send(RedisCommand("CLIENT", "ID")).integer ?? 0
    let killer = RedisClient(configuration: redis.configuration)
    try await killer.waitUntilConnected()
    try await killer.send(RedisCommand("CLIENT", "KILL", "ID", .integer(old)))
    try await reconnected(redis, after: 1)
    #expect(try await read(cache, "y").outcome == .bypass)
    let ticket = try #require(cache.pendingCatchUp)
    #expect(try await cache.markCaughtUp(ticket))
    // The server is the same, and so is what it holds.
    #expect(text(try await read(cache, "y")) == "x")
  }

  @Test func aTicketFromBeforeAnotherLossIsWorthNothing() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.node()
    let ticket = try #require(cache.pendingCatchUp)
    await server.kill()
    try await server.start()
    try await reconnected(redis, after: 1)
    let error = await #expect(throws: ListCacheError.self) { try await cache.markCaughtUp(ticket) }
    #expect(error?.code == .notCaughtUp)
    #expect(cache.bypassReason == .notCaughtUp)
  }

  @Test func aFailedInvalidationStopsTheNodeFromUsingTheCache() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    let ticket = cache.pendingCatchUp
    #expect(ticket == nil)
    try await redis.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
    await #expect(throws: ListCacheError.self) { try await cache.invalidate("incidents:*") }
    #expect(redis.isConnected && cache.bypassReason == .notCaughtUp)
    #expect(try await read(cache, "x").outcome == .bypass)
    try await redis.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
    let late = try #require(cache.pendingCatchUp)
    try await cache.invalidate("incidents:*")
    #expect(try await cache.markCaughtUp(late))
    #expect(try await read(cache, "x").outcome == .miss)
  }

  @Test func flushedGenerationsDoNotComeBack() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    for round in 0..<20 {
      let body = try await cache.read(scope, query: "q") {
        // All is forgotten while the state of before the change is being read.
        do {
          try await redis.send(RedisCommand("FLUSHALL"))
          try await cache.invalidate("incidents:org:1:*")
        } catch {
          Issue.record(error)
        }
        return Array("before \(round)".utf8)
      }
      #expect(text(body) == "before \(round)")
      #expect(text(try await read(cache, "after \(round)")) == "after \(round)")
      try await redis.send(RedisCommand("FLUSHALL"))
    }
  }

  @Test func anEvictedGenerationDoesNotComeBack() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    let evictAndInvalidate = {
      do {
        try await redis.del("h:g:incidents:org:1")
        try await cache.invalidate("incidents:org:1:*")
      } catch {
        Issue.record(error)
      }
    }
    await evictAndInvalidate()
    let body = try await cache.read(scope, query: "q") {
      await evictAndInvalidate()
      return Array("before".utf8)
    }
    #expect(text(body) == "before")
    #expect(text(try await read(cache, "after")) == "after")
  }

  @Test func aServerThatComesBackWithAnOldStateIsNotBelieved() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    let (otherRedis, other) = try await server.caughtUpNode()
    #expect(text(try await read(cache, "old")) == "old")
    try await redis.send(RedisCommand("SAVE"))
    try await cache.invalidate("incidents:org:1:*")
    #expect(text(try await read(cache, "new")) == "new")
    await server.kill()
    try await server.start()
    try await reconnected(redis, after: 1)
    try await reconnected(otherRedis, after: 1)
    #expect(try await redis.send(RedisCommand("DBSIZE")).integer ?? 0 > 0)
    for cache in [cache, other] {
      while try await !cache.markCaughtUp() { await Task.yield() }
      let body = try await read(cache, "newer")
      #expect(text(body) == "newer")
    }
    // The first node made the old values unreachable, the second used what the first stored.
    #expect(other.statistics["incidents.list"]?.hits == 1)
  }
}
