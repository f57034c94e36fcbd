import Core
import ListCache
import Postgres
import Redis
import TestServers
import Testing

@testable import Service

@Suite struct CacheAnnouncementTests {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  private static let pattern: CachePattern = "events:org:7:2026-11:*"
  private static let scope = CacheScope(
    list: "events.list", organization: OrganizationID(7), within: [pattern])

  @Test func whatCannotBeReadIsAll() {
    let patterns: [CachePattern] = [Self.pattern, "analytics:*"]
    let payload = patterns.map(\.description).joined(separator: " ")
    #expect(CacheAnnouncement.read(payload) == patterns)
    #expect(CacheAnnouncement.read("events:* nonsense") == [.all])
  }

  /// A node without Redis stores events: lists that others have cached become unreachable.
  @Test(.timeLimit(.minutes(5)))
  func aNodeWithoutRedisIsHeard() async throws {
    let redis = try await DisposableRedis()
    let client = RedisClient(configuration: try RedisConfiguration(url: redis.url))
    try await client.waitUntilConnected()
    let cache = ListCache(redis: client)
    let database = try await SharedPostgres.shared().database(migrations: "\(Self.root)/Migrations")
    let invalidation = CacheInvalidation(cache: cache, listening: database.configuration)
    let listening = Task { await invalidation.run() }
    defer { listening.cancel() }
    func read(_ text: String) async throws -> CachedBody {
      try await cache.read(Self.scope, query: "q", lifetime: .list) {
        LoadedBody(bytes: Array(text.utf8))
      }
    }
    // Until the cache is used and nothing of the start invalidates any more.
    var hits = 0
    while hits < 3 {
      hits = try await read("old").outcome == .hit ? hits + 1 : 0
      try await Task.sleep(for: .milliseconds(20))
    }

    let remote = PacedInvalidator.invalidating(
      nil, else: CacheAnnouncement(pool: database.pool()))
    await remote.changed([Self.pattern])
    var body = try await read("new")
    while body.outcome == .hit {
      try await Task.sleep(for: .milliseconds(20))
      body = try await read("new")
    }
    #expect(String(decoding: body.bytes, as: UTF8.self) == "new")
  }
}
