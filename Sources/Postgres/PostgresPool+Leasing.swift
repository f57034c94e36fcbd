extension PostgresPool {
  func acquire() async throws -> Lease {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enqueue(waiter, continuation)
      }
    } onCancel: {
      apply { machine, _ in machine.cancel(waiter) }
    }
  }

  private func enqueue(
    _ waiter: PoolStateMachine.WaiterID, _ continuation: CheckedContinuation<Lease, any Error>
  ) {
    // Before this the cancellation handler finds nobody to cancel; after it, it finds the waiter.
    let effects: [Effect] = state.withLock { state in
      if Task.isCancelled {
        return [Effect.fail(continuation, PoolStateMachine.Failure.cancelled.error)]
      }
      let now = monotonicNow()
      let (outcome, actions) = state.machine.lease(waiter, now: now)
      var effects: [Effect] = []
      switch outcome {
      case .granted(let id, let number):
        effects.append(.grant(continuation, state.lease(id, number, waited: .zero)))
      case .refused(let failure):
        effects.append(.fail(continuation, failure.error))
      case .queued:
        state.waiters[waiter] = continuation
      }
      return effects + self.effects(of: actions, now: now, &state)
    }
    perform(effects)
  }

  func release(_ lease: Lease, isReusable: Bool) {
    apply { machine, now in
      machine.release(lease.id, lease.number, isReusable: isReusable, now: now)
    }
  }

  /// Feeds an event to the state machine and does what it decides.
  func apply(_ event: (inout PoolStateMachine, Duration) -> [PoolStateMachine.Action]) {
    let effects = state.withLock { state in
      let now = monotonicNow()
      return self.effects(of: event(&state.machine, now), now: now, &state)
    }
    perform(effects)
  }
}

extension PostgresPool.State {
  func lease(
    _ id: PoolStateMachine.ConnectionID, _ number: PoolStateMachine.LeaseID, waited: Duration
  ) -> PostgresPool.Lease {
    guard let connection = connections[id] else {
      preconditionFailure("a connection that is not open was granted")
    }
    return PostgresPool.Lease(connection: connection, id: id, number: number, waited: waited)
  }
}

extension PoolStateMachine.Failure {
  var error: PostgresError {
    switch self {
    case .full:
      PostgresError(.poolFull, "too many tasks wait for a connection already")
    case .closed:
      PostgresError(.poolClosed, "the pool was shut down")
    case .timeout(let lastError):
      lastError ?? PostgresError(.poolTimeout, "no connection became free in time")
    case .connection(let error): error
    case .cancelled:
      PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
    }
  }
}
