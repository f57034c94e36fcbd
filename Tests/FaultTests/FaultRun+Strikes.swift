internal import Foundation
internal import ServiceHarness

extension FaultRun {
  /// Does it, lets the clients go on to `ceiling` meanwhile, and returns when all is well again.
  ///
  /// - Returns: what is worth telling of it.
  func carryOut(_ fault: Fault, _ queue: DeliveryQueue, ceiling: Int) async throws -> String {
    let database = installation.database
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
      detail = "\(try await database.endSessions(of: "harrier-writer")) sessions"
      queue.raiseCeiling(to: ceiling)
    case .cutCorrelators:
      detail = "\(try await database.endSessions(of: "harrier")) sessions"
      queue.raiseCeiling(to: ceiling)
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
}
