internal import NIOConcurrencyHelpers

/// Lets one of several tasks that want the same thing get it for all.
final class SingleFlight<Value: Sendable>: Sendable {
  private enum Landing {
    case value(Value)
    case failure(any Error)
    /// The task that was getting it was cancelled; another one has to.
    case abandoned
    case waiterCancelled
  }

  private enum Role {
    case leads, follows, alone
  }

  private struct State {
    var flights: [String: [Int: CheckedContinuation<Landing, Never>]] = [:]
    var nextWaiter = 0
  }

  private let state = NIOLockedValueBox(State())
  private let maxFlights: Int

  /// - Parameter maxFlights: beyond so many at once each task gets its own.
  init(maxFlights: Int) {
    self.maxFlights = maxFlights
  }

  var flightsInProgress: Int { state.withLockedValue { $0.flights.count } }

  /// The value of `body`, run by this task or by one that runs it already.
  ///
  /// An error goes to all who wait, a cancellation only to the task that was cancelled.
  ///
  /// - Returns: The value and whether this task ran the body.
  func run(_ key: String, _ body: () async throws -> Value) async throws -> (Value, led: Bool) {
    while true {
      let role: Role = state.withLockedValue { state in
        if state.flights[key] != nil { return .follows }
        guard state.flights.count < maxFlights else { return .alone }
        state.flights[key] = [:]
        return .leads
      }
      switch role {
      case .alone: return (try await body(), true)
      case .leads:
        do {
          let value = try await body()
          land(key, .value(value))
          return (value, true)
        } catch {
          let isCancellation = error is CancellationError || Task.isCancelled
          land(key, isCancellation ? .abandoned : .failure(error))
          throw error
        }
      case .follows:
        switch await follow(key) {
        case .value(let value): return (value, false)
        case .failure(let error): throw error
        case .waiterCancelled: throw CancellationError()
        case .abandoned: try Task.checkCancellation()
        }
      }
    }
  }

  private func land(_ key: String, _ landing: Landing) {
    let waiters = state.withLockedValue { $0.flights.removeValue(forKey: key) }
    for waiter in (waiters ?? [:]).values { waiter.resume(returning: landing) }
  }

  private func follow(_ key: String) async -> Landing {
    let number = state.withLockedValue { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let landing: Landing? = state.withLockedValue { state in
          // The flight may have landed meanwhile; then it is tried again from the start.
          guard state.flights[key] != nil else { return .abandoned }
          if Task.isCancelled { return .waiterCancelled }
          state.flights[key]?[number] = waiter
          return nil
        }
        if let landing { waiter.resume(returning: landing) }
      }
    } onCancel: {
      let waiter = state.withLockedValue { $0.flights[key]?.removeValue(forKey: number) }
      waiter?.resume(returning: .waiterCancelled)
    }
  }
}
