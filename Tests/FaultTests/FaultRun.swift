internal import Foundation
internal import ServiceHarness

/// Sends all batches to an installation with eight clients, while a plan of faults is carried out.
struct FaultRun {
  static let clients = 8

  let installation: Installation
  let keys: [Tenant: String]
  let batches: [Batch]
  let deadline: Date

  /// Returns when every batch is acknowledged and every victim runs again.
  ///
  /// - Returns: what was done.
  @discardableResult
  func send(_ plan: DeliveryPlan, faults: [Fault] = []) async throws -> FaultJournal {
    let slack = (batches.map(\.events).max() ?? 0) + 1
    let queue = DeliveryQueue(
      batches, plan, ceiling: faults.first.map { $0.after + slack } ?? .max)
    var journal = FaultJournal()
    async let clients: Void = runClients(queue)
    do {
      for (number, fault) in faults.enumerated() {
        try await wait(for: fault, queue)
        let next = number + 1 < faults.count ? faults[number + 1].after + slack : .max
        let (begin, acknowledged) = (Date(), queue.acknowledgedEvents)
        let detail = try await carryOut(fault, queue, ceiling: next)
        journal.note(fault, acknowledged: acknowledged, from: begin, detail: detail)
      }
    } catch {
      queue.fail("\(error)")
    }
    try await clients
    guard queue.isComplete else {
      throw HarnessError(
        "\(queue.allFailures.joined(separator: "; ")): \(await installation.logTail)")
    }
    return journal
  }

  private func runClients(_ queue: DeliveryQueue) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.clients {
        group.addTask { [ports = installation.ports, keys, deadline] in
          try await onOwnThread {
            var client = Client(
              number: number, ports: ports, keys: keys, queue: queue, deadline: deadline)
            client.run()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func wait(for fault: Fault, _ queue: DeliveryQueue) async throws {
    try await poll("\(fault) after \(fault.after) events", queue, every: .milliseconds(1)) {
      queue.acknowledgedEvents >= fault.after
    }
  }

  /// Asks again and again until the answer is yes, the run has failed, or the time is over.
  func poll(
    _ what: String, _ queue: DeliveryQueue, within seconds: TimeInterval = .infinity,
    every pause: Duration = .milliseconds(50), _ isReached: () async throws -> Bool
  ) async throws {
    let limit = min(deadline, Date(timeIntervalSinceNow: seconds))
    while try await !isReached() {
      if queue.hasFailed || Date() > limit { throw HarnessError("not reached: \(what)") }
      try await Task.sleep(for: pause)
    }
  }
}
