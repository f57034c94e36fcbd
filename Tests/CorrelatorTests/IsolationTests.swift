import Core
import Correlation
import Correlator
import Postgres
import Testing

/// What one organization sends never stops the others of its shard.
@Suite struct IsolationTests {
  func correlator(
    _ database: CorrelationDatabase, _ observer: RecordingObserver, lateness: Int64 = 0
  ) throws -> Correlator {
    Correlator(
      CorrelatorConfiguration(owner: "one", lateness: lateness), pool: database.pool,
      rules: try TestRules.provider(), observer: observer)
  }

  /// Two organizations of one shard.
  func neighbours(
    _ database: CorrelationDatabase
  ) async throws -> (OrganizationID, OrganizationID) {
    var made: [OrganizationID] = []
    for index in 0...16 { made.append(try await database.makeOrganization("n\(index)")) }
    return (made[0], made[16])
  }

  func failures(
    _ user: String, from second: Int64 = 0, rule: String = "fail"
  ) -> [Correlation.Detection] {
    (0..<4).map { index in
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + (second + Int64(index)) * 1_000_000)
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(index))), ruleID: rule,
        fields: ["user": user], user: user)
    }
  }

  func incidents(
    _ database: CorrelationDatabase, _ organization: OrganizationID
  ) async throws -> Int64? {
    try await database.number(
      "select count(*) from incidents where organization_id = $1", organization)
  }

  private func breakIncidents(
    _ database: CorrelationDatabase, of organization: OrganizationID, sqlState: String
  ) async throws {
    try await database.pool.withConnection { connection in
      try connection.executeScript(
        """
        create function refuse() returns trigger language plpgsql as $$
        begin
          raise exception 'a fault of the test' using errcode = '\(sqlState)';
        end $$;
        create trigger refuse before insert on incidents for each row
        when (new.organization_id = \(organization.rawValue)) execute function refuse();
        """)
    }
  }

  /// Random, so that the server can't compress it.
  private func randomText(_ count: Int) -> String {
    var random = SeededGenerator(seed: 5)
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<count).map { _ in letters.randomElement(using: &random)! })
  }

  @Test(arguments: ["fail", "change"])
  func aLongUserOpensAnIncident(rule: String) async throws {
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("long")
    let user = randomText(40_000)
    try await database.commit(failures(user, rule: rule), organization)
    try await database.commit(failures("\(user)x", from: 10, rule: rule), organization)
    let observer = RecordingObserver()
    try await correlator(database, observer).runOnce()
    #expect(observer.failed.isEmpty)
    #expect(
      try await database.number(
        "select count(distinct group_key) from incidents where organization_id = $1", organization)
        == 2)
    let longest = """
      select max(greatest(octet_length(group_key), octet_length(reason), octet_length(title),
        octet_length(entities::text), octet_length(explanation::text)))::bigint
      from incidents where organization_id = $1
      """
    #expect(try #require(try await database.number(longest, organization)) < 2_000)
  }

  @Test func entitiesAreTheSameWhenTheyAreCountedAgain() async throws {
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("entities")
    try await database.commit(failures("Ü" + randomText(3_000)), organization)
    try await correlator(database, RecordingObserver()).runOnce()
    let entities = "select entities::text from incidents where organization_id = $1"
    let before = try await database.strings(entities, organization)
    _ = try await database.strings(
      """
      select coalesce(incident_recount(organization_id, id, 100)::text, '')
      from incidents where organization_id = $1
      """, organization)
    #expect(before.count == 1)
    #expect(try await database.strings(entities, organization) == before)
  }

  @Test func aPoisonedOrganizationDoesNotStopItsNeighbour() async throws {
    let database = try await CorrelationDatabase()
    let (poisoned, neighbour) = try await neighbours(database)
    try await breakIncidents(database, of: poisoned, sqlState: "54000")
    try await database.commit(failures("ann"), poisoned)
    try await database.commit(failures("bob"), neighbour)
    let observer = RecordingObserver()
    let correlator = try correlator(database, observer)
    try await correlator.runOnce()
    #expect(try await incidents(database, poisoned) == 0)
    #expect(try await incidents(database, neighbour) == 1)
    #expect(observer.failed.count == 1)
    #expect(observer.failed.allSatisfy { $0.contains("are set aside") })
    let skips = """
      select format('%s %s-%s %s', shard, from_seq, to_seq, error_sqlstate)
      from correlation_skips where organization_id = $1
      """
    let shard = poisoned.rawValue % 16
    #expect(try await database.strings(skips, poisoned) == ["\(shard) 1-2 54000"])
    #expect(try await database.strings(skips, neighbour) == [])
    // Once the cause is gone, the organization goes on, and what was set aside comes late.
    try await database.pool.withConnection { connection in
      try connection.executeScript("drop trigger refuse on incidents")
    }
    try await database.commit(failures("ann", from: 20), poisoned)
    try await correlator.runOnce()
    #expect(observer.failed.count == 1)
    try await database.run("update correlation_skips set retry_at = now()")
    try await correlator.runOnce()
    #expect(
      try await database.strings(
        "select event_count::text from incidents where organization_id = $1", poisoned) == ["8"])
    #expect(
      try await database.number(
        "select count(*) from correlation_skips where replayed_at is null and $1 > 0", poisoned)
        == 0)
    #expect(try await database.number("select incident_journal_fault($1)", poisoned) == nil)
  }

  /// A window that only time closes, for an organization that can't open incidents.
  @Test func aPoisonedWindowDoesNotStopTheShard() async throws {
    let database = try await CorrelationDatabase()
    let (poisoned, neighbour) = try await neighbours(database)
    let login = failures("ann", rule: "login")
    try await breakIncidents(database, of: poisoned, sqlState: "23514")
    try await database.commit(login, poisoned)
    try await database.commit(login, neighbour)
    let observer = RecordingObserver()
    let lateness = TestRules.minute
    try await correlator(database, observer, lateness: lateness).runOnce()
    #expect(observer.failed.isEmpty)
    #expect(try await incidents(database, neighbour) == 0)
    // So long ago that the window of the rule `unanswered` has closed in the meantime.
    try await database.pool.withConnection { connection in
      try connection.executeScript(
        "update detections set received_at = now() - interval '150 seconds'")
    }
    let later = try correlator(database, observer, lateness: lateness)
    try await later.runOnce()
    #expect(try await incidents(database, poisoned) == 0)
    #expect(try await incidents(database, neighbour) == 1)
    #expect(observer.failed.count == 1)
    #expect(observer.failed.allSatisfy { $0.contains("windows are left open") })
    try await database.commit(failures("bob"), neighbour)
    try await later.runOnce()
    #expect(try await incidents(database, neighbour) == 2)
  }

  /// A fault of the database is no fault of the organization: nothing is set aside.
  @Test(arguments: ["53100", "P0001", "42P01", "40001"])
  func otherFailuresLeaveNothingOut(sqlState: String) async throws {
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("unlucky")
    try await breakIncidents(database, of: organization, sqlState: sqlState)
    try await database.commit(failures("ann"), organization)
    let observer = RecordingObserver()
    let correlator = try correlator(database, observer)
    for _ in 0..<5 { try await correlator.runOnce() }
    #expect(!observer.failed.isEmpty)
    try await database.pool.withConnection { connection in
      try connection.executeScript("drop trigger refuse on incidents")
    }
    try await correlator.runOnce()
    #expect(try await incidents(database, organization) == 1)
    #expect(
      try await database.number(
        "select count(*) from correlation_skips where organization_id = $1", organization) == 0)
  }
}
