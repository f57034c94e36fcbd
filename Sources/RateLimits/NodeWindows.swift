internal import NIOConcurrencyHelpers

/// The windows of the credentials that use this node.
///
/// Bounded: two generations, of which the old one is dropped when the young one is full; a window that
/// is in use moves to the young one.
final class NodeWindows: Sendable {
  private struct Entry {
    var window = SlidingWindow()
    var limit: Int
    /// Until when the installation as a whole has refused the credential.
    var refusedUntil = Duration.zero
  }

  private struct State {
    var young: [String: Entry] = [:]
    var old: [String: Entry] = [:]
    var refused = 0
  }

  private let state = NIOLockedValueBox(State())
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  var count: Int { state.withLockedValue { $0.young.count + $0.old.count } }

  /// Requests that were refused, here or by the installation.
  var refused: Int { state.withLockedValue { $0.refused } }

  /// Counts a request on this node.
  func take(
    _ key: String, _ policy: RatePolicy, now: Duration
  ) -> (RateDecision, SlidingWindow.Ticket?) {
    let taken = change(key, policy) { entry -> (RateDecision, SlidingWindow.Ticket?) in
      if entry.refusedUntil > now {
        let refusal = RateDecision(
          isAllowed: false, policy: policy, remaining: 0, wait: entry.refusedUntil - now)
        return (refusal, nil)
      }
      return entry.window.take(policy, now: now)
    }
    if !taken.0.isAllowed { state.withLockedValue { $0.refused += 1 } }
    return taken
  }

  func peek(_ key: String, _ policy: RatePolicy, now: Duration) -> RateDecision {
    state.withLockedValue { state in
      (state.young[key] ?? state.old[key] ?? Entry(limit: policy.limit)).window
        .peek(policy, now: now)
    }
  }

  /// The installation has refused what this node had let through: it is not asked again before it
  /// would say otherwise.
  func refuse(_ key: String, _ ticket: SlidingWindow.Ticket, _ refusal: RateDecision, now: Duration)
  {
    change(key, refusal.policy) { entry in
      entry.window.giveBack(ticket)
      entry.refusedUntil = now + min(refusal.wait, refusal.policy.window)
    }
    state.withLockedValue { $0.refused += 1 }
  }

  private func change<Result>(
    _ key: String, _ policy: RatePolicy, _ body: (inout Entry) -> Result
  ) -> Result {
    state.withLockedValue { state in
      var entry =
        state.young.removeValue(forKey: key) ?? state.old.removeValue(forKey: key)
        ?? Entry(limit: policy.limit)
      // Another tier begins without the refusal of the one before.
      if entry.limit != policy.limit { (entry.limit, entry.refusedUntil) = (policy.limit, .zero) }
      let result = body(&entry)
      if state.young.count >= capacity / 2 {
        state.old = state.young
        state.young = [:]
      }
      state.young[key] = entry
      return result
    }
  }
}
