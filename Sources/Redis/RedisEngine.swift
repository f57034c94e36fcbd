internal import NIOConcurrencyHelpers

/// What a client and its thread share.
final class RedisEngine: Sendable {
  typealias Waiter = CheckedContinuation<Result<[RedisValue], RedisError>, Never>

  struct State {
    var pipeline: CommandPipeline<Waiter>
    var observers: [Int: AsyncStream<RedisState>.Continuation] = [:]
    var nextObserver = 0
    var threadEnded = false
    var exitWaiters: [CheckedContinuation<Void, Never>] = []
    var scripts: [String: String] = [:]

    var redisState: RedisState {
      if case .up(let generation) = pipeline.link { return .connected(generation: generation) }
      return .disconnected
    }

    /// Under the lock, so that all observers see the changes in their order.
    func tellObservers() {
      for observer in observers.values { observer.yield(redisState) }
    }
  }

  let configuration: RedisConfiguration
  let state: NIOLockedValueBox<State>
  let wake = WakeDescriptor()

  init(_ configuration: RedisConfiguration) {
    self.configuration = configuration
    state = NIOLockedValueBox(
      State(
        pipeline: CommandPipeline(
          maxCommands: configuration.maxPendingCommands, maxBytes: configuration.maxPendingBytes)))
  }

  /// Queues the commands of one buffer and waits for their replies.
  func perform(
    _ bytes: [UInt8], replies: Int, onlyOn generation: UInt64?
  ) async -> Result<[RedisValue], RedisError> {
    // The number is known only once the pipeline has taken the command, and the task may be cancelled
    // before that.
    enum Ticket {
      case none, number(Int), cancelled
    }
    let ticket = NIOLockedValueBox(Ticket.none)
    let deadline = monotonicNanoseconds() + configuration.commandTimeout.nanoseconds
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        let admission = state.withLockedValue {
          $0.pipeline.admit(
            waiter, bytes: bytes, replies: replies, deadline: deadline, onlyOn: generation)
        }
        switch admission {
        case .refused(let error): waiter.resume(returning: .failure(error))
        case .accepted(let number, let mustWake):
          let isCancelled = ticket.withLockedValue { ticket in
            if case .cancelled = ticket { return true }
            ticket = .number(number)
            return false
          }
          if isCancelled { cancel(number) }
          if mustWake { wake.signal() }
        }
      }
    } onCancel: {
      let number: Int? = ticket.withLockedValue { ticket in
        if case .number(let number) = ticket { return number }
        ticket = .cancelled
        return nil
      }
      if let number { cancel(number) }
    }
  }

  private func cancel(_ number: Int) {
    let waiter = state.withLockedValue { $0.pipeline.cancel(number) }
    waiter?.resume(returning: .failure(RedisError(.cancelled, "the calling task was cancelled")))
  }

  /// Ends the connection and its thread. Idempotent.
  func close() {
    let (failures, observers) = state.withLockedValue { state in
      let failures = state.pipeline.close()
      state.tellObservers()
      let observers = state.observers
      state.observers = [:]
      return (failures, observers)
    }
    fail(failures)
    for observer in observers.values { observer.finish() }
    wake.signal()
  }

  func waitForThread() async {
    await withCheckedContinuation { waiter in
      let ended = state.withLockedValue { state in
        if !state.threadEnded { state.exitWaiters.append(waiter) }
        return state.threadEnded
      }
      if ended { waiter.resume() }
    }
  }

  func threadDidEnd() {
    let waiters = state.withLockedValue { state in
      state.threadEnded = true
      defer { state.exitWaiters = [] }
      return state.exitWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func fail(_ failures: [CommandPipeline<Waiter>.Failure]) {
    for (waiter, error) in failures { waiter.resume(returning: .failure(error)) }
  }
}
