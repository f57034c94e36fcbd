import ListCache
import Redis
import TestServers

extension DisposableRedis {
  /// A node of its own: a client and a cache.
  func node() async throws -> (redis: RedisClient, cache: ListCache) {
    var configuration = try RedisConfiguration(url: url)
    configuration.minReconnectDelay = .milliseconds(5)
    configuration.maxReconnectDelay = .milliseconds(20)
    configuration.commandTimeout = .seconds(20)
    let redis = RedisClient(configuration: configuration)
    try await redis.waitUntilConnected()
    return (redis, ListCache(redis: redis))
  }

  func caughtUpNode() async throws -> (redis: RedisClient, cache: ListCache) {
    let node = try await node()
    while try await !node.cache.markCaughtUp() { await Task.yield() }
    return node
  }
}

func text(_ body: CachedBody) -> String {
  String(decoding: body.bytes, as: UTF8.self)
}
