import Access
import RateLimits
import Redis
import Telemetry

/// Counts attempts to log in in Redis, for all nodes. Each node remembers what it let through as well;
/// that count holds while Redis does not answer.
struct SharedAttemptLimiter: AttemptLimiter {
  private let limits: AttemptLimits
  private let node: MemoryAttemptLimiter
  private let shared: SharedAttempts
  private let failures: Counter

  init(_ limits: AttemptLimits, _ caching: ServerCaching, metrics: MetricsRegistry) {
    self.limits = limits
    node = MemoryAttemptLimiter(limits: limits)
    shared = SharedAttempts(redis: caching.redis, window: limits.window)
    failures = metrics.counter(
      "harrier_login_limit_failures_total",
      help: "Attempts to log in that this node alone had to count, as Redis did not answer.")
  }

  func attempt(account: String, address: String) async -> AttemptVerdict {
    guard shared.isConnected else { return attemptHere(account, address) }
    do throws(RedisError) {
      let counters = limits.counters(account: account, address: address)
      if let wait = try await shared.count(counters) {
        return .limited(retryAfterSeconds: Int(wait.components.seconds) + 1)
      }
      node.note(account: account, address: address)
      return .allowed
    } catch {
      return attemptHere(account, address)
    }
  }

  private func attemptHere(_ account: String, _ address: String) -> AttemptVerdict {
    failures.increment()
    return node.attempt(account: account, address: address)
  }

  func succeeded(account: String, address: String) async {
    node.succeeded(account: account, address: address)
    let counters = limits.counters(account: account, address: address).map(\.name)
    // Where they stay, there is one attempt less in this window.
    do throws(RedisError) {
      try await shared.forget(counters[0])
      try await shared.giveBack(Array(counters.dropFirst()))
    } catch {
      failures.increment()
    }
  }

  func forget(account: String) async {
    node.forget(account: account)
    do throws(RedisError) {
      try await shared.forget(AttemptLimits.counter(account: account))
    } catch {
      failures.increment()
    }
  }
}
