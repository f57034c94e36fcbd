internal import Foundation
internal import ServiceHarness
internal import Testing

/// Whatever is killed, cut off or stopped, acknowledged events stay, once, and the incidents are those
/// of one node on a quiet day.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct FaultTests {
  static let patience: TimeInterval = 420

  @Test("the events make every rule raise incidents")
  func everyRuleFires() async throws {
    let reference = try await ReferenceRun.shared()
    let raised = reference.incidents.byRule
    print(
      """
      FaultTests: \(reference.settings), \(reference.batches.count) batches
      \(raised.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }.joined(separator: "\n"))
      """)
    let raising = [
      "Lab Burst of Failures", "Lab Knock of Exactly Four", "Lab Password Spraying",
      "Lab Logins on Many Machines", "Lab Large Volume", "Lab Slow on Average", "Lab Slow Tail",
      "Lab Destruction", "Lab Preparation of Destruction", "Lab Intrusion",
      "Lab Alarm Without All Clear", "Lab Guessed Password", "Lab Siege", "Lab Honeytoken Used",
    ]
    #expect(Set(raised.keys) == Set(raising))
    for title in raising { #expect(raised[title, default: 0] >= 2, "\(title)") }
  }

  @Test("kills of nodes, PostgreSQL and Redis lose and double nothing")
  func killsDoNoHarm() async throws {
    let settings = try FaultSettings.shared.get()
    try await expectNoHarm(Fault.kills(events: settings.events, seed: settings.seed))
  }

  @Test("a node that stands still for longer than its leases does no harm and goes on working")
  func stallsDoNoHarm() async throws {
    let settings = try FaultSettings.shared.get()
    try await expectNoHarm(
      Fault.stalls(settings.stalls, events: settings.events, seed: settings.seed &+ 1))
  }

  /// Two nodes take the events while the faults happen; then everything is looked at.
  private func expectNoHarm(_ faults: [Fault]) async throws {
    let reference = try await ReferenceRun.shared()
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    try await Installation.with(.faults(nodes: 2, reference.settings)) { installation in
      let keys = try await installation.makeTenants()
      let run = FaultRun(
        installation: installation, keys: keys, batches: reference.batches, deadline: deadline)
      let journal = try await run.send(
        .withRepeats(reference.batches, seed: reference.settings.seed), faults: faults)
      try await installation.settle(until: deadline)

      let audit = StoreAudit(database: installation.database)
      print("FaultTests: \(reference.settings)\n\(journal.table)\n\(try await audit.figures())")
      try await audit.expectEachOnce(reference.stories)
      try await audit.expectLedgerAddsUp(reference.batches)
      try await audit.expectDetectionsWhole()
      let found = try await IncidentSummary.all(in: installation.database)
      #expect(found.missing(from: reference.incidents) == [], "incidents that were swallowed")
      #expect(reference.incidents.missing(from: found) == [], "incidents that were made up")
      #expect(found.total == reference.incidents.total)
      try await audit.expectJournalWhole()
      try await audit.expectNumbersContiguous()
      try await audit.expectOutboxWhole()
      try await audit.expectListsAreFresh(installation, keys, until: deadline)
      for node in installation.ports.indices {
        #expect(
          try await installation.stopServer(node) == 0, "it stops cleanly when it is asked to")
      }
    }
  }
}
