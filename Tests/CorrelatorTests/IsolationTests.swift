import Core
import Correlation
import Correlator
import Postgres
import TestServers
import Testing

/// What one organization sends never stops the others of its shard.
@Suite struct IsolationTests {
  private func correlator(
    _ database: CorrelationDatabase, _ observer: RecordingObserver, lateness: Int64 = 0
  ) throws -> Correlator {
    Correlator(
      CorrelatorConfiguration(owner: "one", lateness: lateness), pool: database.pool,
      rules: try TestRules.provider(), observer: observer)
  }

  /// Two organizations of one shard.
  private func neighbours(
    _ database: CorrelationDatabase
  ) async throws -> (OrganizationID, OrganizationID) {
    var made: [OrganizationID] = []
    for index in 0...16 { made.append(try await database.makeOrganization("n\(index)")) }
    return (made[0], made[16])
  }

  private func failures(
    _ user: String, from second: Int64 = 0, rule: String = "fail"
  ) -> [Correlation.Detection] {
    (0..<4).map { index in
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + (second + Int64(index)) * 1_000_000)
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(index))), ruleID: rule,
        fields: ["user": user], user: user)
    }
  }

  private func incidents(
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

  @Test func anOrganizationWithoutRulesWaitsAlone() async throws {
    let database = try await CorrelationDatabase()
    let (unlucky, neighbour) = try await neighbours(database)
    let rulebook = TestRulebook()
    try await database.change(rulebook, try TestRules.plans())
    rulebook.setUnavailable([unlucky])
    let observer = RecordingObserver()
    func correlator() -> Correlator {
      Correlator(
        CorrelatorConfiguration(owner: "one", lateness: 0), pool: database.pool,
        rules: rulebook.provider, observer: observer)
    }
    let first = correlator()
    try await database.commit(failures("ann"), unlucky)
    try await database.commit(failures("bob"), neighbour)
    try await first.runOnce()
    try await database.commit(failures("ann", from: 10), unlucky)
    try await first.runOnce()
    #expect(try await incidents(database, unlucky) == 0)
    #expect(try await incidents(database, neighbour) == 1)
    #expect(!observer.failed.isEmpty)
    #expect(observer.failed.allSatisfy { $0.contains("organization \(unlucky.rawValue)") })
    // Nothing is lost: what waited comes late, to a correlator that knows of no rest.
    rulebook.setUnavailable([])
    try await database.run("update correlation_skips set retry_at = now()")
    try await correlator().runOnce()
    #expect(
      try await database.strings(
        "select event_count::text from incidents where organization_id = $1", unlucky) == ["8"])
  }

  @Test func aStatementTimeoutOfOneOrganizationDelaysTheOthersOnce() async throws {
    let database = try await CorrelationDatabase()
    let (slow, neighbour) = try await neighbours(database)
    try await database.run(
      """
      create function linger() returns trigger language plpgsql as $$
      begin
        perform pg_sleep(60);
        return new;
      end $$;
      create trigger linger before insert on incidents for each row
      when (new.organization_id = \(slow.rawValue)) execute function linger();
      """)
    var configuration = database.database.configuration
    configuration.statementTimeoutMilliseconds = 700
    let impatient = PostgresPool(configuration: configuration, maxConnections: 2)
    let observer = RecordingObserver()
    let correlator = Correlator(
      CorrelatorConfiguration(owner: "one", lateness: 0), pool: impatient,
      rules: try TestRules.provider(), observer: observer)
    for second in stride(from: Int64(0), to: 40, by: 10) {
      try await database.commit(failures("ann", from: second), slow)
      try await database.commit(failures("bob", from: second), neighbour)
      try await correlator.runOnce()
    }
    #expect(try await incidents(database, slow) == 0)
    #expect(
      try await database.strings(
        "select event_count::text from incidents where organization_id = $1", neighbour)
        == ["16"])
    #expect(observer.failed.allSatisfy { $0.contains("organization \(slow.rawValue)") })
    try await database.run(
      "drop trigger linger on incidents; update correlation_skips set retry_at = now()")
    let patient = Correlator(
      CorrelatorConfiguration(owner: "one", lateness: 0), pool: database.pool,
      rules: try TestRules.provider(), observer: observer)
    try await patient.runOnce()
    #expect(
      try await database.strings(
        "select event_count::text from incidents where organization_id = $1", slow) == ["16"])
    await impatient.shutdown()
  }

  /// Whatever fails and is replayed when, the incidents are those of an undisturbed run.
  @Test(arguments: [UInt64(21), UInt64.random(in: 0...UInt64.max)])
  func whatIsSetAsideChangesNothingInTheEnd(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let database = try await CorrelationDatabase()
    let (unlucky, calm) = try await neighbours(database)
    try await database.run(
      """
      create function refuse_often() returns trigger language plpgsql as $$
      begin
        if random() < 0.8 then raise exception 'a fault of the test' using errcode = '54000'; end if;
        return null;
      end $$;
      create trigger refuse_often after insert or update on incidents for each row
      when (new.organization_id = \(unlucky.rawValue)) execute function refuse_often();
      """)
    let observer = RecordingObserver()
    let correlator = try correlator(database, observer)
    var rest = TestRules.detections(160, &random)[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Int.random(in: 1...20, using: &random)))
      rest = rest.dropFirst(batch.count)
      try await database.commit(batch, unlucky)
      try await database.commit(batch, calm)
      if Bool.random(using: &random) {
        try await database.run("update correlation_skips set retry_at = now()")
      }
      try await correlator.runOnce()
    }
    #expect(!observer.failed.isEmpty)
    try await database.run(
      "drop trigger refuse_often on incidents; update correlation_skips set retry_at = now()")
    try await correlator.runOnce()
    #expect(
      try await database.number(
        "select count(*) from correlation_skips where replayed_at is null and $1 > 0", unlucky)
        == 0)
    let expected = try await database.incidents(calm)
    let actual = try await database.incidents(unlucky)
    #expect(actual.subtracting(expected).sorted() == [], "seed \(seed)")
    #expect(expected.subtracting(actual).sorted() == [], "seed \(seed)")
    #expect(try await database.number("select incident_journal_fault($1)", unlucky) == nil)
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
