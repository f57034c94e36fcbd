internal import Core
internal import NIOConcurrencyHelpers

/// Lets a bounded number of tasks through at a time; the others wait in the order in which they came.
final class AsyncGate: Sendable {
  private struct State {
    var free: Int
    var nextTicket: UInt64 = 0
    /// In order of arrival.
    var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
  }

  private let state: NIOLockedValueBox<State>
  private let maximumWaiting: Int

  init(slots: Int, maximumWaiting: Int) {
    precondition(slots > 0 && maximumWaiting >= 0)
    state = NIOLockedValueBox(State(free: slots))
    self.maximumWaiting = maximumWaiting
  }

  /// Runs `body` when there is room.
  ///
  /// - Throws: the ``Problem`` 503 `busy` where too many wait already, `CancellationError` where the
  ///   task was cancelled while it waited, and what `body` throws.
  func run<Result>(_ body: () async throws -> Result) async throws -> Result {
    try await enter()
    defer { leave() }
    return try await body()
  }

  private func enter() async throws {
    let ticket: UInt64? = try state.withLockedValue { state in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      guard state.waiting.count < maximumWaiting else { throw Problem.passwordWorkersBusy }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return }
    let entered = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        wait(ticket, continuation)
      }
    } onCancel: {
      cancel(ticket)
    }
    guard entered else { throw CancellationError() }
  }

  private func wait(_ ticket: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
    let answer: Bool? = state.withLockedValue { state in
      // A task that is cancelled before this finds out here; one that is cancelled after it is found
      // in the line by `cancel`.
      if Task.isCancelled { return false }
      if state.free > 0 {
        state.free -= 1
        return true
      }
      state.waiting.append((ticket, continuation))
      return nil
    }
    if let answer { continuation.resume(returning: answer) }
  }

  private func cancel(_ ticket: UInt64) {
    let continuation = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
      state.waiting.firstIndex { $0.ticket == ticket }
        .map { state.waiting.remove(at: $0).continuation }
    }
    continuation?.resume(returning: false)
  }

  private func leave() {
    let next = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}
