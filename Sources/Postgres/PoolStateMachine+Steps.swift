/// The steps that the events have in common.
extension PoolStateMachine {
  /// Connections that are not closed or being closed.
  var openCount: Int { idle.count + leased.count + opening.count }

  mutating func grant(_ id: ConnectionID) -> LeaseID {
    defer { nextLease += 1 }
    leased[id] = nextLease
    return nextLease
  }

  /// The most recently used idle connection that is not too old.
  mutating func takeIdle(_ now: Duration, _ actions: inout [Action]) -> ConnectionID? {
    while let candidate = idle.popLast() {
      if !isAged(candidate.id, now) { return candidate.id }
      close(candidate.id, &actions)
    }
    return nil
  }

  /// Gives a connection to the first waiter, or keeps it.
  mutating func offer(_ id: ConnectionID, _ now: Duration, _ actions: inout [Action]) {
    guard let waiter = waiters.first else {
      idle.append(Idle(id: id, since: now))
      return
    }
    waiters.removeFirst()
    actions.append(.grant(id, grant(id), to: waiter.id, waited: now - waiter.since))
  }

  /// Opens connections for waiters that none of those being opened will serve. During an outage one
  /// at a time tries.
  mutating func openIfWanted(_ now: Duration, _ actions: inout [Action]) {
    guard !isShutDown else { return }
    if let outage, now < outage.retryAt { return }
    let bound = outage == nil ? Int.max : 1
    while opening.count < min(waiters.count, bound),
      openCount + closing.count < limits.maxConnections
    {
      let id = nextConnection
      nextConnection += 1
      opening.insert(id)
      actions.append(.open(id))
    }
  }

  mutating func close(_ id: ConnectionID, _ actions: inout [Action]) {
    openedAt[id] = nil
    closing.insert(id)
    actions.append(.close(id))
  }

  mutating func failAll(_ failure: Failure, _ actions: inout [Action]) {
    while let waiter = waiters.first {
      waiters.removeFirst()
      actions.append(.fail(waiter.id, failure))
    }
  }

  mutating func drainIfDone(_ actions: inout [Action]) {
    guard isShutDown, !didDrain, openCount == 0, closing.isEmpty else { return }
    didDrain = true
    actions.append(.drained)
  }

  /// Ages differ by up to a tenth, so that connections that were opened together don't end together.
  func isAged(_ id: ConnectionID, _ now: Duration) -> Bool {
    guard let opened = openedAt[id] else { return true }
    return now - opened > limits.maxAge - limits.maxAge / 10 * (id % 8) / 8
  }

  func isFailingFast(_ now: Duration) -> Bool {
    outage.map { now - $0.since >= limits.failFastAfter } ?? false
  }
}

extension PostgresError {
  /// Opening fails for a reason that trying again won't change: credentials, an unknown database or
  /// a malformed setting.
  var isConfigurationFault: Bool {
    code == .configuration || code == .misuse
      || sqlState.map { $0.hasPrefix("28") || $0.hasPrefix("3D") || $0.hasPrefix("42") } ?? false
  }
}
