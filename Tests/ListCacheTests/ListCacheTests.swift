import Core
import ListCache
import NIOConcurrencyHelpers
import Redis
import TestServers
import Testing

@Suite struct ListCacheTests {
  private let incidents = CacheScope(
    list: "incidents.list", organization: OrganizationID(42), within: ["incidents:org:42:*"])

  private func read(
    _ cache: ListCache, _ body: String, in scope: CacheScope? = nil, query: String = "status=open"
  ) async throws -> CachedBody {
    try await cache.read(scope ?? incidents, query: query) { Array(body.utf8) }
  }

  @Test func aSecondReadIsAHitOnAnyNode() async throws {
    let server = try await DisposableRedis()
    let (_, first) = try await server.caughtUpNode()
    let (_, second) = try await server.caughtUpNode()
    let loaded = try await read(first, "one")
    #expect(loaded.outcome == .miss && text(loaded) == "one" && loaded.age == 0)
    for cache in [first, second] {
      let hit = try await read(cache, "two")
      #expect(hit.outcome == .hit && text(hit) == "one")
      #expect(hit.etag == loaded.etag && (0...60).contains(hit.age))
    }
    #expect(first.statistics["incidents.list"]?.hits == 1)
    #expect(first.statistics["incidents.list"]?.misses == 1)
  }

  @Test func whatDiffersIsKeptApart() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let other = CacheScope(
      list: "incidents.list", organization: OrganizationID(43), within: ["incidents:org:43:*"])
    let count = CacheScope(
      list: "incidents.count", organization: OrganizationID(42), within: ["incidents:org:42:*"])
    #expect(text(try await read(cache, "a")) == "a")
    #expect(text(try await read(cache, "b", in: other)) == "b")
    #expect(text(try await read(cache, "c", in: count)) == "c")
    #expect(text(try await read(cache, "d", query: "status=open role=viewer")) == "d")
    #expect(text(try await read(cache, "x")) == "a")
    #expect(text(try await read(cache, "x", in: other)) == "b")
  }

  @Test(arguments: [
    ("incidents:org:42:*", true), ("incidents:org:*", true), ("incidents:*", true), ("*", true),
    ("incidents:org:4:*", false), ("incidents:org:42:item:*", false), ("events:*", false),
    ("incidents:org:421:*", false),
  ])
  func aPatternReachesWhatLiesUnderIt(pattern: String, reaches: Bool) async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let before = try await read(cache, "old")
    try await cache.invalidate(try CachePattern(pattern))
    let after = try await read(cache, "new")
    #expect(after.outcome == (reaches ? .miss : .hit))
    #expect(text(after) == (reaches ? "new" : "old"))
    #expect((after.etag == before.etag) == !reaches)
  }

  @Test func aListOverTwoMonthsDependsOnBoth() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let scope = CacheScope(
      list: "events.list", organization: OrganizationID(42),
      within: ["events:org:42:2026-10:*", "events:org:42:2026-11:*"])
    for (pattern, outcome) in [
      ("events:org:42:2026-10:*", CacheOutcome.miss), ("events:org:42:2026-09:*", .hit),
      ("events:org:42:2026-11:*", .miss), ("events:org:42:*", .miss),
    ] {
      _ = try await read(cache, "x", in: scope)
      try await cache.invalidate(try CachePattern(pattern))
      #expect(try await read(cache, "x", in: scope).outcome == outcome)
    }
  }

  @Test func anInvalidationIsOneIncrementHoweverManyValues() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    for page in 0..<200 { _ = try await read(cache, "x", query: "page=\(page)") }
    try await redis.send(RedisCommand("CONFIG", "RESETSTAT"))
    try await cache.invalidate("incidents:org:42:*")
    let stats = try await redis.send(RedisCommand("INFO", "commandstats")).text ?? ""
    #expect(stats.contains("cmdstat_incr:calls=1,"))
    #expect(!stats.contains("cmdstat_scan") && !stats.contains("cmdstat_keys"))
    #expect(!stats.contains("cmdstat_del"))
    for page in 0..<200 {
      #expect(try await read(cache, "y", query: "page=\(page)").outcome == .miss)
    }
  }

  @Test func aSlowReaderCannotStoreWhatWasTrueBefore() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let slow = try await cache.read(incidents, query: "q") {
      // The change comes after the state was read and before it is stored.
      do throws(ListCacheError) { try await cache.invalidate("incidents:org:42:*") } catch {
        Issue.record(error)
      }
      return Array("old".utf8)
    }
    #expect(text(slow) == "old")
    let next = try await read(cache, "new", query: "q")
    #expect(next.outcome == .miss && text(next) == "new")
  }

  @Test func anInvalidationOutlivesItsTask() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    _ = try await read(cache, "old")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await cache.invalidate("incidents:org:42:*")
    }
    task.cancel()
    try await task.value
    #expect(text(try await read(cache, "new")) == "new")
    #expect(cache.bypassReason == nil)
  }

  @Test func readsForOneKeyLoadOnce() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let loads = NIOLockedValueBox(0)
    let bodies = try await withThrowingTaskGroup(of: CachedBody.self) { group in
      for _ in 0..<200 {
        group.addTask {
          try await cache.read(incidents, query: "q") {
            loads.withLockedValue { $0 += 1 }
            try await Task.sleep(for: .milliseconds(100))
            return [7]
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    // A read that missed just before the value was stored may load once more.
    let loadCount = loads.withLockedValue { $0 }
    #expect((1...5).contains(loadCount))
    #expect(Set(bodies.map(\.etag)).count == 1)
    #expect(bodies.allSatisfy { $0.bytes == [7] })
    let statistics = cache.statistics["incidents.list"]
    #expect(statistics?.misses == (statistics?.collapsed ?? 0) + loadCount)
  }

  @Test func aFailedLoadIsToldAndNotKept() async throws {
    struct Failed: Error {}
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    await #expect(throws: Failed.self) {
      try await cache.read(incidents, query: "q") { () -> [UInt8] in throw Failed() }
    }
    #expect(try await read(cache, "x", query: "q").outcome == .miss)
  }

  @Test func aLoaderMayBringItsOwnTag() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    for _ in 0..<2 {
      let body = try await cache.read(incidents, query: "q", lifetime: .item) {
        LoadedBody(bytes: [1], etag: "\"revision-7\"")
      }
      #expect(body.etag == "\"revision-7\"")
    }
  }

  @Test func valuesAndGenerationsEnd() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    _ = try await read(cache, "x")
    try await cache.invalidate("events:*")
    let keys = try await redis.send(RedisCommand("KEYS", "h:*")).array?.compactMap(\.text) ?? []
    let value = try #require(keys.first { $0.hasPrefix("h:42:incidents.list:") })
    let lifetime = try await redis.send(RedisCommand("PTTL", .text(value))).integer ?? 0
    #expect((100_000...132_000).contains(lifetime))
    for key in keys where key.hasPrefix("h:g:") && key != "h:g:" {
      #expect(try await redis.send(RedisCommand("PTTL", .text(key))).integer ?? 0 > 0)
    }
    #expect(
      try await cache.read(incidents, query: "brief", lifetime: CacheLifetime(milliseconds: 1)) {
        [1]
      }.outcome == .miss)
    try await Task.sleep(for: .milliseconds(20))
    #expect(try await cache.read(incidents, query: "brief") { [2] }.bytes == [2])
  }

  @Test func aDamagedValueIsLoadedAgain() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    _ = try await read(cache, "x")
    let keys = try await redis.send(RedisCommand("KEYS", "h:42:*")).array?.compactMap(\.text) ?? []
    for damaged in [[], [1], [9, 9, 9], [UInt8](repeating: 1, count: 40)] as [[UInt8]] {
      try await redis.set(try #require(keys.first), damaged)
      // By a node that has not read it yet: one that has needs no value of Redis's.
      let (_, other) = try await server.caughtUpNode()
      let body = try await read(other, "y")
      #expect(body.outcome == .miss && text(body) == "y")
    }
  }

  @Test func whatIsInMemoryIsGivenOnlyUnderItsGenerations() async throws {
    let server = try await DisposableRedis()
    let (redis, cache) = try await server.caughtUpNode()
    _ = try await read(cache, "x")
    // Without the value in Redis the next hit can come from memory alone.
    let keys = try await redis.send(RedisCommand("KEYS", "h:42:*")).array?.compactMap(\.text) ?? []
    try await redis.del(try #require(keys.first))
    #expect(text(try await read(cache, "y")) == "x")
    #expect(cache.statistics["incidents.list"]?.localHits == 1)
    try await cache.invalidate("incidents:org:42:*")
    #expect(text(try await read(cache, "z")) == "z")
  }

  @Test func aValueThatIsNotFreshEnoughIsLoadedAgain() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    func read(_ snapshot: String, atLeast minimum: String) async throws -> CachedBody {
      try await cache.read(incidents, query: "q", isFresh: { ($0 ?? "") >= minimum }) {
        LoadedBody(bytes: Array(snapshot.utf8), snapshot: snapshot)
      }
    }
    #expect(try await read("1", atLeast: "").outcome == .miss)
    #expect(text(try await read("2", atLeast: "1")) == "1")
    #expect(text(try await read("2", atLeast: "2")) == "2")
    let (_, other) = try await server.caughtUpNode()
    let hit = try await other.read(incidents, query: "q") { [UInt8(ascii: "3")] }
    #expect(hit.outcome == .hit && hit.snapshot == "2")
  }

  @Test func memoryIsBounded() async throws {
    let server = try await DisposableRedis()
    let (redis, _) = try await server.caughtUpNode()
    let cache = ListCache(redis: redis, localCapacity: 100_000)
    while try await !cache.markCaughtUp() { await Task.yield() }
    for number in 0..<100 {
      _ = try await cache.read(incidents, query: "\(number)") {
        [UInt8](repeating: 65, count: 3000)
      }
      #expect(cache.localUsage.bytes <= 100_000)
    }
    #expect(cache.localUsage.entries > 4)
  }

  @Test func aValueThatIsTooLargeIsNotStored() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.caughtUpNode()
    let large = [UInt8](repeating: 1, count: ListCache.maxBodySize + 1)
    for _ in 0..<2 {
      #expect(try await cache.read(incidents, query: "q") { large }.outcome == .miss)
    }
    #expect(cache.statistics["incidents.list"]?.oversized == 2)
  }

  @Test func statisticsAreBounded() async throws {
    let server = try await DisposableRedis()
    let (_, cache) = try await server.node()
    for number in 0..<400 {
      let scope = CacheScope(list: "list-\(number)", organization: nil, within: [])
      _ = try await read(cache, "x", in: scope)
    }
    #expect(cache.statistics.count == 257)
    #expect(cache.statistics["other"]?.bypasses == 144)
  }
}
