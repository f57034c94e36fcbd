extension PostgresPool {
  /// What is to be done after the lock is released.
  enum Effect {
    case grant(CheckedContinuation<Lease, any Error>, Lease)
    case fail(CheckedContinuation<Lease, any Error>, PostgresError)
    case open(PoolStateMachine.ConnectionID, PostgresConnection)
    case close(PoolStateMachine.ConnectionID, PostgresConnection)
    case drained([CheckedContinuation<Void, Never>])
    case wake(at: Duration)
  }

  /// Turns the machine's decisions into effects, within the lock.
  func effects(
    of actions: [PoolStateMachine.Action], now: Duration, _ state: inout State
  ) -> [Effect] {
    var effects = actions.compactMap { effect(of: $0, &state) }
    if let next = state.machine.nextTick(now: now),
      next < state.scheduledTick ?? .seconds(Int64.max)
    {
      state.scheduledTick = next
      effects.append(.wake(at: next))
    }
    return effects
  }

  private func effect(of action: PoolStateMachine.Action, _ state: inout State) -> Effect? {
    switch action {
    case .grant(let id, let number, let waiter, let waited):
      let lease = state.lease(id, number, waited: waited)
      return state.waiters.removeValue(forKey: waiter).map { .grant($0, lease) }
    case .fail(let waiter, let failure):
      return state.waiters.removeValue(forKey: waiter).map { .fail($0, failure.error) }
    case .open(let id):
      let connection = PostgresConnection(configuration: configuration, observer: observer)
      state.connections[id] = connection
      return .open(id, connection)
    case .close(let id):
      return state.connections.removeValue(forKey: id).map { .close(id, $0) }
    case .drained:
      defer { state.drainers = [] }
      return .drained(state.drainers)
    }
  }

  func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .grant(let continuation, let lease): continuation.resume(returning: lease)
      case .fail(let continuation, let error): continuation.resume(throwing: error)
      case .open(let id, let connection): open(id, connection)
      case .close(let id, let connection):
        connection.thread.submit { [self] in
          connection.assumeIsolated { $0.close() }
          apply { machine, now in machine.closed(id, now: now) }
        }
      case .drained(let continuations):
        for continuation in continuations { continuation.resume() }
      case .wake(let time):
        TimerThread.shared.schedule(at: time) { [weak self] in self?.tick(time) }
      }
    }
  }

  private func open(_ id: PoolStateMachine.ConnectionID, _ connection: PostgresConnection) {
    connection.thread.submit { [self] in
      switch connection.assumeIsolated({ $0.tryOpen() }) {
      case .success:
        apply { machine, now in machine.opened(id, now: now) }
      case .failure(let error):
        state.withLock { $0.connections[id] = nil }
        apply { machine, now in machine.openingFailed(id, error, now: now) }
      }
    }
  }

  private func tick(_ time: Duration) {
    state.withLock { if $0.scheduledTick == time { $0.scheduledTick = nil } }
    apply { machine, now in machine.tick(now: now) }
  }
}

extension PostgresConnection {
  func tryOpen() -> Result<Void, PostgresError> {
    do throws(PostgresError) {
      return .success(try open())
    } catch {
      return .failure(error)
    }
  }
}
