internal import Core
internal import Correlation

/// What a correlator's state takes, measured now and then since that looks at all organizations.
struct CorrelatorMemory: Sendable {
  /// For each organization by correlation.
  private(set) var bytes: [OrganizationID: [String: Int]] = [:]
  private var next: ContinuousClock.Instant?

  private static let interval = Duration.seconds(10)

  mutating func measure(
    _ shards: some Sequence<ShardState>, at now: ContinuousClock.Instant = .now
  ) {
    if let next, now < next { return }
    next = now + Self.interval
    bytes = [:]
    for shard in shards {
      for (organization, state) in shard.organizations {
        bytes[organization] = state.engine.stateBytes
      }
    }
  }
}
