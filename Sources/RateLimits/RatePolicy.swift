/// How many requests a credential may make in any window of a length.
public struct RatePolicy: Sendable, Hashable {
  public var limit: Int
  public var window: Duration

  /// - Parameter limit: at least 1.
  public init(limit: Int, window: Duration = .seconds(60)) {
    precondition(limit > 0 && window > .zero)
    self.limit = limit
    self.window = window
  }
}

/// What became of one request.
public struct RateDecision: Sendable, Hashable {
  public var isAllowed: Bool
  public var policy: RatePolicy
  /// Requests that are left right after this one.
  public var remaining: Int
  /// Until one more request is allowed than now; where this one was refused, until it makes sense to
  /// try again.
  public var wait: Duration

  public init(isAllowed: Bool, policy: RatePolicy, remaining: Int, wait: Duration) {
    self.isAllowed = isAllowed
    self.policy = policy
    self.remaining = remaining
    self.wait = wait
  }

  /// `wait` in whole seconds, rounded up.
  public var waitSeconds: Int {
    let (seconds, rest) = wait.components
    return Int(seconds) + (rest > 0 ? 1 : 0)
  }
}
