internal import Foundation
internal import ServiceHarness
internal import Testing

/// Whatever is killed, acknowledged events stay, once, and the incidents are those of a quiet day.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct FaultTests {
  private static let patience: TimeInterval = 420

  @Test("five kills of the service, two of PostgreSQL, two of Redis lose and double nothing")
  func nothingIsLostOrDoubled() async throws {
    let settings = try FaultSettings.read()
    print("FaultTests: \(settings)")
    let events = LoginStory.events(
      count: settings.events, start: settings.start, seed: settings.seed)
    let largest = min(5000, max(1, settings.events / 6))
    let batches = Batch.cut(events, largest: largest, seed: settings.seed)
    let deadline = Date(timeIntervalSinceNow: Self.patience)

    let expected = try await undisturbed(batches, events, deadline)
    let rules = Set(expected.keys.map(\.rule.id))
    print("FaultTests: \(expected.values.reduce(0, +)) incidents of \(rules.count) rules")
    #expect(rules.count >= 3, "the events must make several rules fire")

    let faults = Fault.plan(events: settings.events, seed: settings.seed)
    print("FaultTests: \(faults.map(\.description).joined(separator: "; "))")
    try await Installation.with { installation in
      let key = try await installation.prepare()
      let run = FaultRun(
        installation: installation, key: key, batches: batches, deadline: deadline)
      try await run.send(
        .withRepeats(batches.count, seed: settings.seed), faults: faults)
      let audit = StoreAudit(database: installation.database)
      try await audit.expectEachOnce(events)
      try await audit.expectLedgerAddsUp(batches)
      try await audit.expectDetectionsBelong()
      let found = try await installation.incidents(key: key, awaiting: expected, until: deadline)
      #expect(found.missing(from: expected) == [], "incidents that the faults swallowed")
      #expect(expected.missing(from: found) == [], "incidents that the faults made up")
      try await audit.expectJournalWhole()
      #expect(try await installation.stopServer() == 0, "it stops cleanly when it is asked to")
    }
  }

  /// The incidents of the same events on a database of their own, with nothing in the way.
  private func undisturbed(
    _ batches: [Batch], _ events: [LoginEvent], _ deadline: Date
  ) async throws -> IncidentCounts {
    try await Installation.with { installation in
      let key = try await installation.prepare()
      let run = FaultRun(
        installation: installation, key: key, batches: batches, deadline: deadline)
      try await run.send(.once(batches.count))
      try await StoreAudit(database: installation.database).expectEachOnce(events)
      return try await installation.settledIncidents(key: key, until: deadline)
    }
  }
}

/// How large the run is, and which.
struct FaultSettings: CustomStringConvertible {
  var events: Int
  var seed: UInt64
  /// Milliseconds since 1970 of the first event: two hours ago, on the minute.
  var start: Int64

  /// `HARRIER_FAULT_EVENTS` (default 6,000, at most 100,000) and `HARRIER_FAULT_SEED`.
  static func read() throws -> FaultSettings {
    let environment = ProcessInfo.processInfo.environment
    let events = environment["HARRIER_FAULT_EVENTS"].map { Int($0) } ?? 6000
    guard let events, (100...100_000).contains(events) else {
      throw HarnessError("HARRIER_FAULT_EVENTS must be a number from 100 to 100000")
    }
    let seed = environment["HARRIER_FAULT_SEED"].map { UInt64($0) } ?? .random(in: 0 ... .max)
    guard let seed else { throw HarnessError("HARRIER_FAULT_SEED must be a number") }
    let minute = Int64(Date().timeIntervalSince1970) / 60 - 120
    return FaultSettings(events: events, seed: seed, start: minute * 60_000)
  }

  var description: String {
    "HARRIER_FAULT_EVENTS=\(events) HARRIER_FAULT_SEED=\(seed)"
  }
}

extension Installation {
  /// Makes the organization and a key that may do all this test does.
  func prepare() async throws -> String {
    try await makeOrganization("faults")
    return try await makeKey(
      organization: "faults", scopes: ["events:write", "events:read", "incidents:read"])
  }
}
