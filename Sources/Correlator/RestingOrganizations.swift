internal import Core

/// Organizations whose work failed in a way that costs the others time, such as a statement that runs
/// into its timeout: each rests after a failure, longer from one to the next.
struct RestingOrganizations: Sendable {
  private struct Rest {
    var failures: Int
    var until: ContinuousClock.Instant
  }

  /// 1 s, 2 s, 4 s … up to about 17 minutes.
  private static let mostDoublings = 10

  private var rests: [OrganizationID: Rest] = [:]
  /// Those whose windows have to be looked at again after their rest.
  private var waiting: Set<OrganizationID> = []

  func contains(_ organization: OrganizationID, at now: ContinuousClock.Instant = .now) -> Bool {
    rests[organization].map { $0.until > now } ?? false
  }

  mutating func begin(
    _ organization: OrganizationID, at now: ContinuousClock.Instant = .now
  ) {
    let failures = rests[organization]?.failures ?? 0
    let pause = Duration.seconds(1 << min(failures, Self.mostDoublings))
    rests[organization] = Rest(failures: failures + 1, until: now + pause)
    waiting.insert(organization)
  }

  /// Forgets the failures of an organization whose work has succeeded.
  mutating func end(_ organization: OrganizationID) {
    rests[organization] = nil
  }

  /// Takes out the organizations whose rest is over and whose windows have not been looked at since.
  mutating func takeRested(at now: ContinuousClock.Instant = .now) -> [OrganizationID] {
    let rested = waiting.filter { !contains($0, at: now) }
    waiting.subtract(rested)
    return rested.sorted()
  }
}
