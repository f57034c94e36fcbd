/// In which order batches are sent, and which of them twice.
struct DeliveryPlan: Sendable {
  /// Positions in the list of batches.
  var deliveries: [Int]

  /// Every batch once, in order.
  static func once(_ count: Int) -> DeliveryPlan {
    DeliveryPlan(deliveries: Array(0..<count))
  }

  /// A tenth of the batches is sent again right behind itself, so that two clients send it at the
  /// same time, and another tenth some time later.
  static func withRepeats(_ count: Int, seed: UInt64) -> DeliveryPlan {
    var random = SeededGenerator(seed: seed)
    var deliveries: [Int] = []
    var later: [(batch: Int, after: Int)] = []
    for batch in 0..<count {
      deliveries.append(batch)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: deliveries.append(batch)
      case 1: later.append((batch, batch + Int.random(in: 1...20, using: &random)))
      default: break
      }
      deliveries += later.filter { $0.after == batch }.map(\.batch)
    }
    deliveries += later.filter { $0.after >= count }.map(\.batch)
    return DeliveryPlan(deliveries: deliveries)
  }
}
