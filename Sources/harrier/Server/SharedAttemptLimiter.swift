internal import Access
internal import RateLimits

/// Counts attempts to log in on this node, and in Redis for all. Without Redis the node's own count holds.
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
    let own = node.attempt(account: account, address: address)
    guard own == .allowed, shared.isConnected else { return own }
    do {
      let counters = limits.counters(account: account, address: address)
      guard let wait = try await shared.count(counters) else { return .allowed }
      return .limited(retryAfterSeconds: Int(wait.components.seconds) + 1)
    } catch {
      return own
    }
  }

  func succeeded(account: String, address: String) async {
    node.succeeded(account: account, address: address)
    guard let pair = limits.counters(account: account, address: address).first else { return }
    // Where it stays, the account has one attempt less in this window.
    try? await shared.forget(pair.name)
  }
}
