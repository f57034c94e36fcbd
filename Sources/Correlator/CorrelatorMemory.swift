internal import Correlation

/// What a correlator's state takes, measured now and then since that looks at all organizations.
struct CorrelatorMemory: Sendable {
  private(set) var bytes: [String: Int] = [:]
  private var next: ContinuousClock.Instant?

  private static let interval = Duration.seconds(10)

  mutating func measure(
    _ shards: some Sequence<ShardState>, at now: ContinuousClock.Instant = .now
  ) {
    if let next, now < next { return }
    next = now + Self.interval
    bytes = [:]
    for shard in shards {
      for state in shard.organizations.values {
        bytes.merge(state.engine.stateBytes) { $0 + $1 }
      }
    }
  }
}
