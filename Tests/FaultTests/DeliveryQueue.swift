internal import Foundation

/// Hands deliveries to the clients and knows how far the run is.
///
/// A ceiling keeps the clients from running past the next fault, however fast they are.
final class DeliveryQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let batches: [Batch]
  private let deliveries: [DeliveryPlan.Delivery]
  private var next = 0
  private var started: Set<Int> = []
  private var startedEvents = 0
  private var acknowledged: Set<Int> = []
  private var ceiling: Int
  private var failures: [String] = []

  init(_ batches: [Batch], _ plan: DeliveryPlan, ceiling: Int = .max) {
    self.batches = batches
    deliveries = plan.deliveries
    self.ceiling = ceiling
  }

  /// The next batch to send; waits while the run is at its ceiling. Nil at the end of the run.
  func take() -> (number: Int, batch: Batch, key: String)? {
    condition.lock()
    defer { condition.unlock() }
    while startedEvents >= ceiling, failures.isEmpty { condition.wait() }
    guard next < deliveries.count, failures.isEmpty else { return nil }
    let delivery = deliveries[next]
    let number = delivery.batch
    next += 1
    if started.insert(number).inserted { startedEvents += batches[number].events }
    return (number, batches[number], batches[number].key + delivery.suffix)
  }

  func acknowledge(_ number: Int) {
    locked { _ = acknowledged.insert(number) }
  }

  /// Ends the run.
  func fail(_ reason: String) {
    locked {
      failures.append(reason)
      condition.broadcast()
    }
  }

  func raiseCeiling(to events: Int) {
    locked {
      ceiling = events
      condition.broadcast()
    }
  }

  var hasFailed: Bool { locked { !failures.isEmpty } }
  var allFailures: [String] { locked { failures } }
  var acknowledgedEvents: Int { locked { acknowledged.reduce(0) { $0 + batches[$1].events } } }
  /// Whether every batch that a client has begun with is acknowledged.
  var isIdle: Bool { locked { acknowledged == started } }
  var isComplete: Bool { locked { acknowledged.count == batches.count } }

  private func locked<Result>(_ body: () -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    return body()
  }
}
