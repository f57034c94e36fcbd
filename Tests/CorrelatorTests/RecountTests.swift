import Core
import Correlation
import Correlator
import Testing

/// What an incident says of its evidence is the same whether it was brought up to date event by event
/// or counted as a whole.
@Suite struct RecountTests {
  private func correlate(_ database: CorrelationDatabase) async throws {
    let observer = RecordingObserver()
    try await Correlator(
      CorrelatorConfiguration(owner: "one", lateness: 0), pool: database.pool,
      rules: try TestRules.provider(), observer: observer
    ).runOnce()
    #expect(observer.failed.isEmpty)
  }

  @Test(arguments: [5, UInt64.random(in: 0...UInt64.max)])
  func countingAgainChangesNothing(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("a")
    var rest = TestRules.detections(150, &random)[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Int.random(in: 1...20, using: &random))
      rest = rest.dropFirst(batch.count)
      try await database.commit(Array(batch), organization)
      try await correlate(database)
    }
    let before = try await database.incidents(organization)
    try await recount(database, organization)
    let after = try await database.incidents(organization)
    #expect(!before.isEmpty)
    #expect(after.subtracting(before).sorted() == [], "seed \(seed)")
    #expect(before.subtracting(after).sorted() == [], "seed \(seed)")
  }

  /// More entities than an incident names: the same hundred, in whatever order they came.
  @Test(arguments: [0, 1, 2])
  func theEntitiesThatAreNamedDoNotDependOnTheOrder(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("a")
    let letters = ["a", "B", "é", "z", "_", "Z", "ß", "-"]
    let detections = (0..<150).map { index in
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(index) * 1_000_000)
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(index))), ruleID: "fail",
        fields: ["user": "ann"], host: "\(letters[index % 8])\(index)", user: "ann")
    }
    for batch in [detections[..<40], detections[40...]] {
      try await database.commit(batch.shuffled(using: &random), organization)
      try await correlate(database)
    }
    let named = "select entities::text from incidents where organization_id = $1"
    let before = try await database.strings(named, organization)
    try await recount(database, organization)
    #expect(before.count == 1)
    #expect(try await database.strings(named, organization) == before)
    let users = try await database.number(
      "select count(*) from incidents where entities @> '[{\"type\": \"user\"}]' and $1 > 0",
      organization)
    #expect(users == 0)
  }

  private func recount(
    _ database: CorrelationDatabase, _ organization: OrganizationID
  ) async throws {
    _ = try await database.strings(
      """
      select coalesce(incident_recount(organization_id, id, 100)::text, '')
      from incidents where organization_id = $1 and correlation = 'live'
      """, organization)
  }
}
