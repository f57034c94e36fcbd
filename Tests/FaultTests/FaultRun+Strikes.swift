internal import Foundation
internal import ServiceHarness

extension FaultRun {
  /// Does it, lets the clients go on to `ceiling` meanwhile, and returns when all is well again.
  ///
  /// - Returns: what is worth telling of it.
  func carryOut(_ fault: Fault, _ queue: DeliveryQueue, ceiling: Int) async throws -> String {
    var detail = ""
    switch fault.kind {
    case .killNode(let node):
      await installation.killServer(node)
      try await pause(fault, queue, ceiling)
      try await installation.startServer(node)
    case .killPostgres:
      await installation.killPostgres()
      try await pause(fault, queue, ceiling)
      try await installation.startPostgres()
    case .crashPostgres:
      try await installation.stopPostgresImmediately()
      try await pause(fault, queue, ceiling)
      try await installation.startPostgres()
    case .killRedis:
      await installation.killRedis()
      try await pause(fault, queue, ceiling)
      try await installation.startRedis()
    case .emptyRedis:
      try await installation.flushRedis()
      queue.raiseCeiling(to: ceiling)
    case .cutWriters:
      queue.raiseCeiling(to: ceiling)
      detail = try await cut("harrier-writer", queue)
    case .cutCorrelators:
      queue.raiseCeiling(to: ceiling)
      detail = try await cut("harrier", queue)
    case .stallNode(let node, let moment):
      queue.raiseCeiling(to: ceiling)
      detail = try await stall(node, moment, queue)
    }
    for node in installation.ports.indices { try await installation.waitUntilReady(node) }
    return detail
  }

  private func pause(_ fault: Fault, _ queue: DeliveryQueue, _ ceiling: Int) async throws {
    try await Task.sleep(for: .milliseconds(fault.pause))
    queue.raiseCeiling(to: ceiling)
  }

  /// Ends the sessions of an application once there are some.
  private func cut(_ application: String, _ queue: DeliveryQueue) async throws -> String {
    var ended = 0
    try await poll("sessions of \(application)", queue, within: 60) {
      ended = try await installation.database.endSessions(of: application)
      return ended > 0 || queue.isComplete
    }
    return "\(ended) sessions"
  }
}
