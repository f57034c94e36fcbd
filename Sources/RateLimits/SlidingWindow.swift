/// The requests of one credential in the last window: exact where they are few, and never more than
/// the limit in any window.
///
/// Requests that come closer together than a ``width`` share a slot, which leaves the window with its
/// last request. So no window ever holds more than the limit, a client whose requests are at least a
/// width apart has the whole limit, and one that spends its requests without a pause has the limit in
/// a window and a width. A refused request counts nowhere, so that a client that keeps asking is not
/// kept out.
struct SlidingWindow: Sendable, Equatable {
  private struct Slot: Equatable {
    var first: Duration
    var last: Duration
    var count: Int
  }

  /// A place in the window, to give back.
  struct Ticket: Sendable, Equatable {
    fileprivate let first: Duration
  }

  /// A window has at most so many slots, and one more.
  static let slots = 120

  private var slots: [Slot] = []
  private(set) var count = 0

  /// Counts a request at `now` if there is room for it.
  mutating func take(_ policy: RatePolicy, now: Duration) -> (RateDecision, Ticket?) {
    expire(policy, now: now)
    guard count < policy.limit else { return (decision(false, policy, now: now), nil) }
    if let last = slots.last, now - last.first < policy.window / Self.slots {
      slots[slots.count - 1].last = max(now, last.last)
      slots[slots.count - 1].count += 1
    } else {
      slots.append(Slot(first: now, last: now, count: 1))
    }
    count += 1
    return (decision(true, policy, now: now), slots.last.map { Ticket(first: $0.first) })
  }

  /// What ``take(_:now:)`` would find, with nothing counted.
  func peek(_ policy: RatePolicy, now: Duration) -> RateDecision {
    var copy = self
    copy.expire(policy, now: now)
    return copy.decision(copy.count < policy.limit, policy, now: now)
  }

  /// Takes back a request that was not let through after all.
  mutating func giveBack(_ ticket: Ticket) {
    guard let index = slots.lastIndex(where: { $0.first == ticket.first }) else { return }
    slots[index].count -= 1
    count -= 1
    if slots[index].count == 0 { slots.remove(at: index) }
  }

  /// Whether the window is empty.
  func isIdle(_ window: Duration, now: Duration) -> Bool {
    slots.last.map { $0.last + window <= now } ?? true
  }

  private mutating func expire(_ policy: RatePolicy, now: Duration) {
    let gone = slots.prefix { $0.last + policy.window <= now }
    guard !gone.isEmpty else { return }
    count -= gone.reduce(0) { $0 + $1.count }
    slots.removeFirst(gone.count)
  }

  private func decision(_ isAllowed: Bool, _ policy: RatePolicy, now: Duration) -> RateDecision {
    RateDecision(
      isAllowed: isAllowed, policy: policy, remaining: max(0, policy.limit - count),
      wait: slots.first.map { max(.zero, $0.last + policy.window - now) } ?? .zero)
  }
}
