public import Redis

/// Lets each credential make so many requests in any window, over all nodes.
///
/// Each node counts in memory, which costs no round trip where it already knows that a request is over
/// the limit; what it would let through it asks Redis for, which counts for all. Without Redis the
/// node's own count holds. So with Redis no window holds more than the limit; a node alone never lets
/// more than the limit through, whatever becomes of Redis; and n nodes without it at most n times as
/// many.
public final class RateLimiter: Sendable {
  /// Credentials that a node counts for.
  public static let capacity = 100_000

  private let windows: NodeWindows
  private let shared: SharedWindows?
  private let now: @Sendable () -> Duration

  /// - Parameters:
  ///   - redis: nil counts on this node alone.
  ///   - now: a clock that is never set back; nil takes the system's.
  public init(
    redis: RedisClient?, capacity: Int = RateLimiter.capacity,
    now: (@Sendable () -> Duration)? = nil
  ) {
    windows = NodeWindows(capacity: capacity)
    shared = redis.map { SharedWindows(redis: $0) }
    let start = ContinuousClock.now
    self.now = now ?? { ContinuousClock.now - start }
  }

  /// Requests that were refused.
  public var refused: Int { windows.refused }

  /// Counts a request of the credential that `key` names, if it may be made.
  public func take(_ key: String, _ policy: RatePolicy) async -> RateDecision {
    let (own, ticket) = windows.take(key, policy, now: now())
    guard let ticket, let shared, shared.redis.isConnected else { return own }
    let all: RateDecision
    do throws(RedisError) {
      all = try await shared.take(key, policy)
    } catch {
      return own
    }
    if !all.isAllowed { windows.refuse(key, ticket, all, now: now()) }
    return all
  }
}
