internal import Foundation
internal import ServiceHarness

extension FaultRun {
  /// Stops a node until its shards are the sibling's and the sibling has taken more events, lets it go
  /// on, and then kills the sibling, so that the stopped node has to do all the work.
  ///
  /// - Returns: at which moment it was stopped.
  func stall(_ node: Int, _ moment: StallMoment, _ queue: DeliveryQueue) async throws -> String {
    let sibling = 1 - node
    let database = installation.database
    let isWithin = try await suspend(node, moment)
    let begin = Date()
    try await poll("node \(sibling + 1) has all shards", queue, within: 60) {
      try await database.leases(ofNode: sibling) == 16
    }
    let moved = Date().timeIntervalSince(begin)
    let behind = queue.acknowledgedEvents
    try await poll("node \(sibling + 1) takes events", queue, within: 60) {
      queue.acknowledgedEvents > behind || queue.isIdle
    }
    await installation.resumeServer(node)
    try await poll("node \(node + 1) has shards again", queue, within: 60) {
      try await database.leases(ofNode: node) > 0
    }
    await installation.killServer(sibling)
    try await poll("node \(node + 1) has all shards", queue, within: 60) {
      try await database.leases(ofNode: node) == 16
    }
    try await installation.startServer(sibling)
    return "\(isWithin ? "" : "not ")\(moment), its shards moved after "
      + String(format: "%.1f s", moved)
  }

  /// - Returns: whether the node stands still in the midst of what was asked for.
  private func suspend(_ node: Int, _ moment: StallMoment) async throws -> Bool {
    let database = installation.database
    let held = moment.held(node: Installation.name(ofNode: node))
    guard let obstacle = moment.obstacle(node: Installation.name(ofNode: node)) else {
      for attempt in 1...40 {
        await installation.suspendServer(node)
        if try await database.number(held) > 0 { return true }
        if attempt == 40 { break }
        await installation.resumeServer(node)
        try await Task.sleep(for: .milliseconds(attempt % 7))
      }
      return false
    }
    return try await database.whileHolding(obstacle) {
      var isHeld = false
      for _ in 0..<100 where !isHeld {
        isHeld = try await database.number(held) > 0
        if !isHeld { try await Task.sleep(for: .milliseconds(20)) }
      }
      await installation.suspendServer(node)
      return isHeld
    }
  }
}
