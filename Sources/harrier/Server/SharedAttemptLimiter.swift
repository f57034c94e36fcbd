internal import Access
internal import RateLimits

/// Counts attempts to log in in Redis, for all nodes. Without Redis the node's own count holds, which has
/// all that this node let through.
struct SharedAttemptLimiter: AttemptLimiter {
  let limits: AttemptLimits
  let node: MemoryAttemptLimiter
  let shared: SharedAttempts

  init(_ limits: AttemptLimits, _ caching: ServerCaching) {
    self.limits = limits
    node = MemoryAttemptLimiter(limits: limits)
    shared = SharedAttempts(redis: caching.redis, window: limits.window)
  }

  func attempt(account: String, address: String) async -> AttemptVerdict {
    if shared.isConnected,
      let wait = try? await shared.count(limits.counters(account: account, address: address))
    {
      return .limited(retryAfterSeconds: Int(wait.components.seconds) + 1)
    }
    return node.attempt(account: account, address: address)
  }

  func succeeded(account: String, address: String) async {
    node.succeeded(account: account, address: address)
    guard let pair = limits.counters(account: account, address: address).first else { return }
    // Where it stays, the account has one attempt less in this window.
    try? await shared.forget(pair.name)
  }
}
