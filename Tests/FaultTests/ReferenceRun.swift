internal import Foundation
internal import ServiceHarness
internal import Testing

/// The events of this process's fault tests, and the incidents that one node makes of them when
/// nothing is in its way.
struct ReferenceRun: Sendable {
  private static let run = Task { try await ReferenceRun() }

  let settings: FaultSettings
  let stories: [Tenant: [LabEvent]]
  let batches: [Batch]
  let incidents: IncidentCounts

  /// The run, which is done once.
  static func shared() async throws -> ReferenceRun {
    try await run.value
  }

  private init() async throws {
    let settings = try FaultSettings.shared.get()
    self.settings = settings
    var stories: [Tenant: [LabEvent]] = [:]
    for (tenant, count) in Tenant.shares(of: settings.events) {
      stories[tenant] = LabStory.events(
        of: tenant, count: count, start: settings.start, seed: settings.seed)
    }
    self.stories = stories
    let batches = Batch.cut(stories, largest: settings.largestBatch, seed: settings.seed)
    self.batches = batches
    let deadline = Date(timeIntervalSinceNow: FaultTests.patience)
    incidents = try await Installation.with(.faults(nodes: 1, settings)) { installation in
      let keys = try await installation.makeTenants()
      let run = FaultRun(
        installation: installation, keys: keys, batches: batches, deadline: deadline)
      try await run.send(.once(batches))
      try await installation.settle(until: deadline)
      return try await IncidentSummary.all(in: installation.database)
    }
  }
}

extension InstallationOptions {
  /// With the rules of these tests, and leases so short that losing one takes little time.
  static func faults(nodes: Int, _ settings: FaultSettings) -> InstallationOptions {
    InstallationOptions(
      nodes: nodes, rules: "\(Checkout.root)/Tests/FaultTests/Rules",
      fsync: settings.isFull,
      settings: ["HARRIER_LEASE_SECONDS": settings.isFull ? "5" : "2"])
  }
}
