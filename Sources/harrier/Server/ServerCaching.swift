import ListCache
import Postgres
import Redis
import Service

/// Redis and what is kept in it.
struct ServerCaching {
  let redis: RedisClient
  let cache: ListCache
  let warmer: CacheWarmer
  private let invalidation: CacheInvalidation

  /// - Parameter database: where changes of incidents are announced.
  init(url: String, database: PostgresConfiguration) throws {
    redis = RedisClient(configuration: try RedisConfiguration(url: url))
    cache = ListCache(redis: redis)
    warmer = CacheWarmer(cache: cache)
    invalidation = CacheInvalidation(cache: cache, listening: database, warmer: warmer)
  }

  func run() async {
    await invalidation.run()
  }

  func close() async {
    await redis.shutdown()
  }

  /// Redis is not vital: without it answers are right, only slower.
  var check: @Sendable () async -> Readiness.Check {
    { [redis, cache] in
      Readiness.Check(
        name: "redis", isVital: false, isHealthy: redis.isConnected,
        detail: cache.bypassReason.map { "the cache is not used: \($0.rawValue)" })
    }
  }
}
