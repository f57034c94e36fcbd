/// In which order batches are sent, and which of them twice.
struct DeliveryPlan: Sendable {
  /// One request.
  struct Delivery: Sendable {
    /// The position in the list of batches.
    var batch: Int
    /// What its key has behind the batch's own, if it is sent as if it were another.
    var suffix = ""
  }

  var deliveries: [Delivery]

  /// Every batch once, in order.
  static func once(_ batches: [Batch]) -> DeliveryPlan {
    DeliveryPlan(deliveries: batches.indices.map { Delivery(batch: $0) })
  }

  /// A tenth of the batches is sent again right behind itself, so that two clients send it at the
  /// same time, and another tenth some time later. Half of those whose events have ids of their own
  /// come under another key then: only the ids tell that they are known.
  static func withRepeats(_ batches: [Batch], seed: UInt64) -> DeliveryPlan {
    var random = SeededGenerator(seed: seed)
    var deliveries: [Delivery] = []
    var later: [(delivery: Delivery, after: Int)] = []
    for batch in batches.indices {
      deliveries.append(Delivery(batch: batch))
      let isRenamed = batches[batch].isNamed && Bool.random(using: &random)
      let again = Delivery(batch: batch, suffix: isRenamed ? ".again" : "")
      switch Int.random(in: 0..<10, using: &random) {
      case 0: deliveries.append(again)
      case 1: later.append((again, batch + Int.random(in: 1...20, using: &random)))
      default: break
      }
      deliveries += later.filter { $0.after == batch }.map(\.delivery)
    }
    deliveries += later.filter { $0.after >= batches.count }.map(\.delivery)
    return DeliveryPlan(deliveries: deliveries)
  }
}
