import Core
import Correlation
import Correlator
import IncidentStore
import Postgres
import TestServers
import Testing

@Suite struct CorrelatorTests {
  func correlator(
    _ database: CorrelationDatabase, _ owner: String = "one", batchSize: Int64 = 5_000,
    observer: any CorrelatorObserver = SilentCorrelatorObserver()
  ) throws -> Correlator {
    // No waiting for late events: a window is closed as soon as the events have moved past it.
    var configuration = CorrelatorConfiguration(owner: owner, batchSize: batchSize, lateness: 0)
    configuration.pollInterval = .milliseconds(50)
    return Correlator(
      configuration, pool: database.pool, listening: database.database.configuration,
      rules: try TestRules.provider(), observer: observer)
  }

  @Test func aBurstOpensAnIncidentWithItsEvidence() async throws {
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("a")
    let detections = (0..<4).map { index in
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(index) * 10_000_000)
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(index))), ruleID: "fail",
        fields: ["user": "Alice"], srcIP: IPAddress("192.0.2.7"), host: "web1", user: "Alice")
    }
    try await database.commit(detections, organization)
    let observer = RecordingObserver()
    try await correlator(database, observer: observer).runOnce()
    #expect(observer.failed.isEmpty)
    let rows = try await database.strings(
      """
      select format('%s %s %s %s %s %s %s %s %s', number, title, severity, status, event_count,
        src_ip, entities, techniques, reason)
      from incidents where organization_id = $1
      """, organization)
    #expect(
      rows == [
        "1 Burst of failed logins medium open 4 192.0.2.7 "
          + #"[{"type": "host", "value": "web1"}, {"type": "ip", "value": "192.0.2.7"}, "#
          + #"{"type": "user", "value": "Alice"}] {T1110} 3 events in 2 m by user alice (gte 3)"#
      ])
    #expect(
      try await database.number(
        "select count(*) from outbox where organization_id = $1", organization) == 1)
    #expect(try await database.number("select incident_journal_fault($1)", organization) == nil)
  }

  @Test(arguments: [1, 2, 14_722_694_109_085_257_842, UInt64.random(in: 0...UInt64.max)])
  func orderBatchesAndRestartsMakeNoDifference(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let database = try await CorrelationDatabase()
    let calm = try await database.makeOrganization("calm")
    let wild = try await database.makeOrganization("wild")
    let detections = TestRules.detections(160, &random)
    try await database.commit(detections.sorted { $0.key < $1.key }, calm)
    let observer = RecordingObserver()
    let undisturbed = try correlator(database, observer: observer)
    try await undisturbed.runOnce()
    var rest = detections.shuffled(using: &random)[...]
    var disturbed = undisturbed
    while !rest.isEmpty {
      let batch = rest.prefix(Int.random(in: 1...25, using: &random))
      rest = rest.dropFirst(batch.count)
      try await database.commit(
        Array(batch), wild, writer: ["x", "y"].randomElement(using: &random)!)
      if Int.random(in: 0..<3, using: &random) == 0 {
        disturbed = try correlator(database, observer: observer)
      }
      try await disturbed.runOnce()
    }
    #expect(observer.failed.isEmpty)
    let expected = try await database.incidents(calm)
    let actual = try await database.incidents(wild)
    #expect(!expected.isEmpty)
    #expect(actual.subtracting(expected).sorted() == [], "seed \(seed)")
    #expect(expected.subtracting(actual).sorted() == [], "seed \(seed)")
    for organization in [calm, wild] {
      #expect(try await database.number("select incident_journal_fault($1)", organization) == nil)
      #expect(
        try await database.number(
          "select max(number) - count(*) from incidents where organization_id = $1", organization)
          == 0)
    }
  }
}
