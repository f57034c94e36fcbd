public import Redis

/// Counts attempts for all nodes together, in Redis: each counter lets so many through in a window
/// that begins with the first of them.
public struct SharedAttempts: Sendable {
  private let redis: RedisClient
  private let window: Duration

  public init(redis: RedisClient, window: Duration) {
    self.redis = redis
    self.window = window
  }

  public var isConnected: Bool { redis.isConnected }

  /// Counts one attempt in every counter, or in none where one of them is full.
  ///
  /// - Parameter counters: by names, with how many attempts each lets through.
  /// - Returns: until when it is refused; nil where it is not.
  /// - Throws: `RedisError` where Redis does not answer; the attempt may have been counted.
  public func count(
    _ counters: [(name: String, limit: Int)]
  ) async throws(RedisError) -> Duration? {
    let reply = try await redis.eval(
      Self.script, keys: counters.map { .text(Self.key($0.name)) },
      arguments: [.integer(Int64(window / .milliseconds(1)))]
        + counters.map { .integer(Int64($0.limit)) })
    guard case .integer(let wait) = reply else {
      throw RedisError(.unexpectedReply, "the script of attempts gave another shape")
    }
    return wait > 0 ? .milliseconds(wait) : nil
  }

  /// Begins a counter anew.
  public func forget(_ name: String) async throws(RedisError) {
    try await redis.del(Self.key(name))
  }

  /// Takes one attempt out of some counters again.
  public func giveBack(_ names: [String]) async throws(RedisError) {
    _ = try await redis.eval(
      Self.decrement, keys: names.map { .text(Self.key($0)) }, arguments: [])
  }

  private static let decrement = RedisScript(
    """
    for _, key in ipairs(KEYS) do
      if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
    end
    return 0
    """)

  private static func key(_ name: String) -> String { "h:attempts:\(name)" }

  /// A refused attempt counts nowhere, so that a window always ends.
  private static let script = RedisScript(
    """
    local wait = 0
    for index, key in ipairs(KEYS) do
      if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[index + 1]) then
        wait = math.max(wait, redis.call('PTTL', key), 1)
      end
    end
    if wait > 0 then return wait end
    for _, key in ipairs(KEYS) do
      if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[1]) end
    end
    return 0
    """)
}
