internal import Foundation
internal import ServiceHarness
internal import Testing

/// Sends all batches to an installation with eight clients, while a plan of faults is carried out.
struct FaultRun {
  static let clients = 8

  let installation: Installation
  let key: String
  let batches: [Batch]
  let deadline: Date

  /// Returns when every batch is acknowledged and every victim runs again.
  func send(_ plan: DeliveryPlan, faults: [Fault] = []) async throws {
    let slack = (batches.map(\.events).max() ?? 0) + 1
    let queue = DeliveryQueue(
      batches, plan, ceiling: faults.first.map { $0.after + slack } ?? .max)
    async let clients: Void = runClients(queue)
    do {
      for (number, fault) in faults.enumerated() {
        try await wait(for: fault, queue)
        try await strike(fault)
        let next = number + 1 < faults.count ? faults[number + 1].after + slack : .max
        queue.raiseCeiling(to: next)
        try await recover(from: fault)
      }
    } catch {
      queue.fail("\(error)")
    }
    try await clients
    guard queue.isComplete else {
      throw HarnessError(
        "\(queue.allFailures.joined(separator: "; ")): \(await installation.logTail)")
    }
  }

  private func runClients(_ queue: DeliveryQueue) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<Self.clients {
        group.addTask { [port = installation.port, key, deadline] in
          try await onOwnThread {
            var client = Client(port: port, key: key, queue: queue, deadline: deadline)
            client.run()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func wait(for fault: Fault, _ queue: DeliveryQueue) async throws {
    while queue.acknowledgedEvents < fault.after {
      if queue.hasFailed || Date() > deadline { throw HarnessError("not reached: \(fault)") }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  private func strike(_ fault: Fault) async throws {
    switch fault.victim {
    case .service: await installation.killServer()
    case .postgres: await installation.killPostgres()
    case .redis: await installation.killRedis()
    }
    try await Task.sleep(for: .milliseconds(fault.pause))
  }

  private func recover(from fault: Fault) async throws {
    switch fault.victim {
    case .service: try await installation.startServer()
    case .postgres: try await installation.startPostgres()
    case .redis: try await installation.startRedis()
    }
    try await installation.waitUntilReady()
  }
}
