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
      for (name, _) in counters {
        var window = state.window(name, now: now) ?? Window(count: 0, ends: now + limits.window)
        window.count += 1
        state.store(window, as: name, capacity: limits.capacity)
      }
      return .allowed
    }
  }

  public func succeeded(account: String, address: String) {
    guard let pair = limits.counters(account: account, address: address).first else { return }
    state.withLockedValue { state in
      state.young[pair.name] = nil
      state.old[pair.name] = nil
    }
  }
}

extension MemoryAttemptLimiter.State {
  fileprivate func window(_ name: String, now: Duration) -> MemoryAttemptLimiter.Window? {
    guard let window = young[name] ?? old[name], window.ends > now else { return nil }
    return window
  }

  fileprivate mutating func store(
    _ window: MemoryAttemptLimiter.Window, as name: String, capacity: Int
  ) {
    if young[name] == nil, young.count >= capacity / 2 {
      old = young
      young = [:]
    }
    young[name] = window
    old[name] = nil
  }
}
