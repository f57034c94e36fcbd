/// How many failures of a kind one client may cause in any window, counted on this node alone.
///
/// What succeeds is not counted, so that a client that shares its address with one that fails is only
/// kept from failing, too.
public final class FailureLimiter: Sendable {
  public let policy: RatePolicy
  private let windows: NodeWindows
  private let now: @Sendable () -> Duration

  /// - Parameter capacity: clients that are remembered.
  public init(
    _ policy: RatePolicy, capacity: Int = 20_000, now: (@Sendable () -> Duration)? = nil
  ) {
    self.policy = policy
    windows = NodeWindows(capacity: capacity)
    let start = ContinuousClock.now
    self.now = now ?? { ContinuousClock.now - start }
  }

  /// Failures over the limit.
  public var refused: Int { windows.refused }

  /// Whether the client may fail once more.
  public func peek(_ client: String) -> RateDecision {
    windows.peek(client, policy, now: now())
  }

  /// Counts a failure; refused where there have been too many.
  public func fail(_ client: String) -> RateDecision {
    windows.take(client, policy, now: now()).0
  }
}
