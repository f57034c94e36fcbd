internal import NIOConcurrencyHelpers

/// Counts attempts on this node alone.
public final class MemoryAttemptLimiter: AttemptLimiter {
  fileprivate struct Window {
    var count: Int
    let ends: Duration
  }

  fileprivate struct State {
    /// Windows by what they count, in two generations as in ``CredentialCacheState``.
    var young: [String: Window] = [:]
    var old: [String: Window] = [:]
  }

  private let state = NIOLockedValueBox(State())
  private let limits: AttemptLimits
  private let clock: AccessClock

  public init(limits: AttemptLimits = AttemptLimits(), clock: AccessClock = .system) {
    self.limits = limits
    self.clock = clock
  }

  public func attempt(account: String, address: String) -> AttemptVerdict {
    let now = clock.steady()
    let counters = limits.counters(account: account, address: address)
    return state.withLockedValue { state in
      var wait: Duration?
      for (name, limit) in counters {
        let window = state.window(name, now: now)
        if let window, window.count >= limit {
          wait = max(wait ?? .zero, window.ends - now)
        }
      }
      // A refused attempt counts nowhere, so a window always ends.
      if let wait { return .limited(retryAfterSeconds: Int(wait.components.seconds) + 1) }
      for (name, _) in counters { state.count(name, now: now, limits) }
      return .allowed
    }
  }

  /// Counts an attempt that somebody else has let through.
  public func note(account: String, address: String) {
    let now = clock.steady()
    let counters = limits.counters(account: account, address: address)
    state.withLockedValue { state in
      for (name, _) in counters { state.count(name, now: now, limits) }
    }
  }

  public func succeeded(account: String, address: String) {
    let counters = limits.counters(account: account, address: address)
    state.withLockedValue { state in
      if let pair = counters.first { state.forget(pair.name) }
      for (name, _) in counters.dropFirst() { state.giveBack(name) }
    }
  }

  public func forget(account: String) {
    state.withLockedValue { $0.forget(AttemptLimits.counter(account: account)) }
  }
}

extension MemoryAttemptLimiter.State {
  fileprivate func window(_ name: String, now: Duration) -> MemoryAttemptLimiter.Window? {
    guard let window = young[name] ?? old[name], window.ends > now else { return nil }
    return window
  }

  fileprivate mutating func forget(_ name: String) {
    young[name] = nil
    old[name] = nil
  }

  fileprivate mutating func giveBack(_ name: String) {
    if let count = young[name]?.count { young[name]?.count = max(0, count - 1) }
    if let count = old[name]?.count { old[name]?.count = max(0, count - 1) }
  }

  fileprivate mutating func count(_ name: String, now: Duration, _ limits: AttemptLimits) {
    var window =
      window(name, now: now)
      ?? MemoryAttemptLimiter.Window(count: 0, ends: now + limits.window)
    window.count += 1
    if young[name] == nil, young.count >= limits.capacity / 2 {
      old = young
      young = [:]
    }
    young[name] = window
    old[name] = nil
  }
}
