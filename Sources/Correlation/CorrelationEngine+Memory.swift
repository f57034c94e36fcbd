extension CorrelationEngine {
  /// About how many bytes the state of each correlation takes.
  ///
  /// An estimate from the numbers of events and groups. A detection that several correlations hold is
  /// counted for each.
  public var stateBytes: [String: Int] {
    var bytes: [String: Int] = [:]
    for (family, state) in zip(plans.families, families) {
      for (index, plan) in family.plans.enumerated() {
        bytes[plan.ruleID] = state.segments.reduce(0) { sum, segment in
          sum + segment.itemCounts[index] * (MemoryLayout<Item>.stride + Self.detectionBytes)
            + segment.timelines[index].count * (MemoryLayout<Timeline>.stride + Self.groupBytes)
        }
      }
    }
    return bytes
  }

  /// `stateBytes` of one correlation; 0 where there is no such one.
  public func stateBytes(ofRule rule: String) -> Int { stateBytes[rule] ?? 0 }

  /// A detection with its texts, and a group with its key and window: typical sizes.
  private static let detectionBytes = 384
  private static let groupBytes = 512
}
