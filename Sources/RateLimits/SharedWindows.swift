internal import Redis

/// The windows of the whole installation, in Redis: the algorithm of ``SlidingWindow`` as one atomic
/// script by Redis' own clock, so that nodes need not agree on the time.
struct SharedWindows: Sendable {
  let redis: RedisClient

  /// Counts a request if there is room for it.
  ///
  /// - Throws: `RedisError` where Redis does not answer; the request may have been counted.
  func take(_ key: String, _ policy: RatePolicy) async throws(RedisError) -> RateDecision {
    let window = policy.window / .microseconds(1)
    let reply = try await redis.eval(
      Self.script, keys: [.text("h:rate:\(key)")],
      arguments: [
        .integer(Int64(policy.limit)), .integer(Int64(window)),
        .integer(Int64(window) / Int64(SlidingWindow.slots)),
      ])
    guard let values = reply.array, values.count == 3, case .integer(let allowed) = values[0],
      case .integer(let count) = values[1], case .integer(let wait) = values[2]
    else { throw RedisError(.unexpectedReply, "the script of rate limits gave another shape") }
    return RateDecision(
      isAllowed: allowed == 1, policy: policy, remaining: max(0, policy.limit - Int(count)),
      wait: .microseconds(wait))
  }

  /// A hash of slots `f<n>` (first), `l<n>` (last) and `c<n>` (count) from `head` to `tail`, and the
  /// `total`. A slot from beyond the next window comes from a clock that was set back, and goes.
  private static let script = RedisScript(
    """
    local key, limit = KEYS[1], tonumber(ARGV[1])
    local window, width = tonumber(ARGV[2]), tonumber(ARGV[3])
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local state = redis.call('HMGET', key, 'head', 'tail', 'total')
    local head, tail = tonumber(state[1]) or 1, tonumber(state[2]) or 0
    local total = tonumber(state[3]) or 0
    local oldest = now
    while head <= tail do
      local slot = redis.call('HMGET', key, 'l' .. head, 'c' .. head)
      oldest = tonumber(slot[1])
      if oldest + window > now and oldest <= now + window then break end
      total = total - tonumber(slot[2])
      redis.call('HDEL', key, 'f' .. head, 'l' .. head, 'c' .. head)
      head = head + 1
      oldest = now
    end
    local allowed = 0
    if total < limit then
      allowed = 1
      total = total + 1
      local first = head <= tail and tonumber(redis.call('HGET', key, 'f' .. tail))
      if first and now - first < width then
        redis.call('HSET', key, 'l' .. tail, string.format('%.0f', now))
        redis.call('HINCRBY', key, 'c' .. tail, 1)
        if head == tail then oldest = now end
      else
        tail = tail + 1
        local text = string.format('%.0f', now)
        redis.call('HSET', key, 'f' .. tail, text, 'l' .. tail, text, 'c' .. tail, 1)
      end
    end
    redis.call('HSET', key, 'head', head, 'tail', tail, 'total', total)
    redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1000)
    return {allowed, total, math.max(0, oldest + window - now)}
    """)
}
