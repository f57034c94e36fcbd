internal import NIOConcurrencyHelpers

/// A bound on the bytes of all batches in memory. Who finds no room waits in line, for a time.
public final class MemoryBudget: Sendable {
  private struct Waiter {
    let ticket: UInt64
    let bytes: Int
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var free: Int
    var waiters: [Waiter] = []
    var nextTicket: UInt64 = 0
    var refused = 0
  }

  public struct Statistics: Sendable {
    public var capacity: Int
    public var free: Int
    public var waiting: Int
    /// Requests that found no room in time, since the start.
    public var refused: Int
  }

  public let capacity: Int
  private let state: NIOLockedValueBox<State>

  public init(capacity: Int) {
    self.capacity = capacity
    state = NIOLockedValueBox(State(free: capacity))
  }

  public var statistics: Statistics {
    state.withLockedValue {
      Statistics(capacity: capacity, free: $0.free, waiting: $0.waiters.count, refused: $0.refused)
    }
  }

  /// Takes `bytes`, waiting up to `patience` for others to give them back; false if there was no room
  /// in time, or if there never will be.
  public func take(_ bytes: Int, patience: Duration) async -> Bool {
    guard bytes <= capacity else { return false }
    let ticket: UInt64? = state.withLockedValue { state in
      if state.waiters.isEmpty, state.free >= bytes {
        state.free -= bytes
        return nil
      }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return true }
    // The clock runs beside the wait; whichever comes first removes the waiter from the line.
    let clock = Task {
      try? await Task.sleep(for: patience)
      self.giveUp(ticket)
    }
    let granted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let decided: Bool? = state.withLockedValue { state in
          if Task.isCancelled { return false }
          if state.waiters.isEmpty, state.free >= bytes {
            state.free -= bytes
            return true
          }
          state.waiters.append(Waiter(ticket: ticket, bytes: bytes, continuation: continuation))
          return nil
        }
        if let decided { continuation.resume(returning: decided) }
      }
    } onCancel: {
      giveUp(ticket)
    }
    clock.cancel()
    return granted
  }

  /// Gives back bytes that were taken.
  public func giveBack(_ bytes: Int) {
    let granted: [Waiter] = state.withLockedValue { state in
      state.free += bytes
      var granted: [Waiter] = []
      while let first = state.waiters.first, first.bytes <= state.free {
        state.free -= first.bytes
        granted.append(state.waiters.removeFirst())
      }
      return granted
    }
    for waiter in granted { waiter.continuation.resume(returning: true) }
  }

  private func giveUp(_ ticket: UInt64) {
    let waiter: Waiter? = state.withLockedValue { state in
      guard let place = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      state.refused += 1
      return state.waiters.remove(at: place)
    }
    waiter?.continuation.resume(returning: false)
  }
}
