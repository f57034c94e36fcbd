/// Waiters in order of arrival. Removing one from the middle leaves a hole that is skipped later, so
/// every operation is constant in time on average.
struct WaiterQueue {
  private var slots: [PoolStateMachine.Waiter?] = []
  private var head = 0
  private var positions: [PoolStateMachine.WaiterID: Int] = [:]
  /// What was dropped from the front of `slots` in all.
  private var offset = 0

  var count: Int { positions.count }
  var isEmpty: Bool { positions.isEmpty }
  var first: PoolStateMachine.Waiter? { isEmpty ? nil : slots[head] }

  mutating func append(_ waiter: PoolStateMachine.Waiter) {
    precondition(positions[waiter.id] == nil, "a waiter waits twice")
    positions[waiter.id] = offset + slots.count
    slots.append(waiter)
  }

  mutating func removeFirst() {
    guard let waiter = first else { preconditionFailure("nobody waits") }
    _ = remove(waiter.id)
  }

  /// - Returns: false if it doesn't wait.
  mutating func remove(_ id: PoolStateMachine.WaiterID) -> Bool {
    guard let position = positions.removeValue(forKey: id) else { return false }
    slots[position - offset] = nil
    while head < slots.count, slots[head] == nil { head += 1 }
    if head > 64, head * 2 > slots.count {
      slots.removeSubrange(..<head)
      offset += head
      head = 0
    }
    return true
  }
}
