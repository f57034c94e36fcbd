import Core
import Correlation
import Correlator
import Postgres
import TestServers
import Testing

/// What an organization's trouble does to itself: its detections wait, and come late.
extension IsolationTests {
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
}
