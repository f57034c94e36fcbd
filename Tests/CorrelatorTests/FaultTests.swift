import Core
import Correlation
import IncidentStore
import Postgres
import TestServers
import Testing

@testable import Correlator

/// Incidents are neither lost nor doubled, whatever fails in between.
@Suite struct CorrelatorFaultTests {
  private func correlator(
    _ database: CorrelationDatabase, _ owner: String, leaseSeconds: Int32 = 10,
    pool: PostgresPool? = nil, observer: RecordingObserver = RecordingObserver()
  ) throws -> Correlator {
    let configuration = CorrelatorConfiguration(
      owner: owner, leaseSeconds: leaseSeconds, pollInterval: .milliseconds(20), batchSize: 20,
      lateness: 0)
    return Correlator(
      configuration, pool: pool ?? database.pool, listening: database.database.configuration,
      rules: try TestRules.provider(), observer: observer)
  }

  /// Commits all of it to one organization and has it correlated undisturbed.
  private func undisturbed(_ detections: [Detection]) async throws -> Set<String> {
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("calm")
    try await database.commit(detections, organization)
    try await correlator(database, "calm").runOnce()
    return try await database.incidents(organization)
  }

  private func expectWhole(
    _ database: CorrelationDatabase, _ organization: OrganizationID
  ) async throws {
    #expect(try await database.number("select incident_journal_fault($1)", organization) == nil)
    #expect(
      try await database.number(
        "select max(number) - count(*) from incidents where organization_id = $1", organization)
        == 0)
  }

  /// Each way for a transaction to die: at its first incident, at its evidence, at its journal, and
  /// at its very last statement.
  @Test(
    arguments: [
      ("incidents", 0.04), ("incident_events", 0.1), ("incident_journal", 0.1),
      ("correlation_cursors", 0.5),
    ])
  func aFailureAnywhereLeavesNoTrace(table: String, rate: Double) async throws {
    var random = SeededGenerator(seed: 7)
    let detections = TestRules.detections(120, &random)
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("faulty")
    try await database.pool.withConnection { connection in
      try connection.executeScript(
        """
        create function fail_often() returns trigger language plpgsql as $$
        begin
          if random() < \(rate) then raise exception 'a fault of the test'; end if;
          return new;
        end $$;
        create trigger fail_often before insert or update on \(table)
        for each statement execute function fail_often();
        """)
    }
    let observer = RecordingObserver()
    let faulty = try correlator(database, "faulty", observer: observer)
    for batch in detections.shuffled(using: &random).chunked(15) {
      try await database.commit(batch, organization)
      try await faulty.runOnce()
    }
    for _ in 0..<400 where try await isBehind(database, organization) {
      try await faulty.runOnce()
    }
    try await database.pool.withConnection { connection in
      try connection.executeScript("drop trigger fail_often on \(table)")
    }
    try await faulty.runOnce()
    #expect(!observer.failed.isEmpty)
    let expected = try await undisturbed(detections)
    let actual = try await database.incidents(organization)
    #expect(actual.subtracting(expected).sorted() == [])
    #expect(expected.subtracting(actual).sorted() == [])
    try await expectWhole(database, organization)
  }

  @Test func brokenConnectionsLoseAndDoubleNothing() async throws {
    var random = SeededGenerator(seed: 11)
    let detections = TestRules.detections(150, &random)
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("cut")
    var configuration = database.database.configuration
    configuration.applicationName = "victim"
    let victims = PostgresPool(configuration: configuration, maxConnections: 2)
    let cut = try correlator(database, "cut", pool: victims)
    let kill = PostgresStatement(
      "test.kill",
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'")
    let pool = database.pool
    let killer = Task {
      while !Task.isCancelled {
        _ = try await pool.withConnection { try $0.query(kill) { try $0.bool(0) } }
        try await Task.sleep(for: .milliseconds(9))
      }
    }
    for batch in detections.shuffled(using: &random).chunked(15) {
      try await database.commit(batch, organization)
      await attempt { try await cut.runOnce() }
    }
    for _ in 0..<20 { await attempt { try await cut.runOnce() } }
    killer.cancel()
    _ = await killer.result
    for _ in 0..<50 where try await isBehind(database, organization) {
      await attempt { try await cut.runOnce() }
    }
    #expect(try await database.incidents(organization) == undisturbed(detections))
    try await expectWhole(database, organization)
    await victims.shutdown()
  }

  @Test func onePausedBeyondItsLeaseDoesNoHarm() async throws {
    var random = SeededGenerator(seed: 13)
    let detections = TestRules.detections(120, &random)
    let batches = detections.shuffled(using: &random).chunked(30)
    let database = try await CorrelationDatabase()
    let organization = try await database.makeOrganization("paused")
    let seen = RecordingObserver()
    let paused = try correlator(database, "paused", observer: seen)
    let other = try correlator(database, "other")
    try await database.commit(batches[0], organization)
    try await paused.runOnce()
    try await database.pool.withConnection { connection in
      try connection.executeScript(
        "update correlation_leases set expires_at = now(); delete from correlation_workers")
    }
    try await database.commit(batches[1], organization)
    try await other.runOnce()
    try await database.commit(batches[2], organization)
    // It goes on as if its leases were still its own.
    _ = try await paused.pass()
    #expect(seen.failed.contains { $0.hasPrefix("lease_lost") })
    try await other.runOnce()
    try await database.commit(batches[3], organization)
    _ = try await paused.pass()
    try await other.runOnce()
    #expect(try await database.incidents(organization) == undisturbed(detections))
    try await expectWhole(database, organization)
  }

  @Test func twoCorrelatorsShareTheOrganizations() async throws {
    var random = SeededGenerator(seed: 17)
    let detections = TestRules.detections(50, &random)
    let database = try await CorrelationDatabase()
    var organizations: [OrganizationID] = []
    for index in 0..<14 {
      organizations.append(try await database.makeOrganization("shared-\(index)"))
    }
    let observers = [RecordingObserver(), RecordingObserver()]
    let both = try observers.enumerated().map { index, observer in
      try correlator(database, "worker-\(index)", leaseSeconds: 1, observer: observer)
    }
    let running = both.map { correlator in Task { try await correlator.run() } }
    while observers.contains(where: { $0.shards.isEmpty }) {
      try await Task.sleep(for: .milliseconds(20))
    }
    for batch in detections.shuffled(using: &random).chunked(10) {
      for organization in organizations {
        try await database.commit(batch, organization, writer: "w\(organization.rawValue % 3)")
      }
    }
    for organization in organizations {
      while try await isBehind(database, organization) {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    for task in running { task.cancel() }
    for task in running { _ = await task.result }
    let expected = try await undisturbed(detections)
    for organization in organizations {
      #expect(try await database.incidents(organization) == expected)
      try await expectWhole(database, organization)
    }
    #expect(observers.allSatisfy { !$0.correlated.isEmpty })
    let left = try await database.number(
      "select count(*) from correlation_leases where owner is not null and $1 > 0", organizations[0]
    )
    #expect(left == 0)
  }

  /// Whether commits with detections of the organization are still to be correlated.
  private func isBehind(
    _ database: CorrelationDatabase, _ organization: OrganizationID
  ) async throws -> Bool {
    try await database.number(
      """
      select count(*)
      from detections d
      left join correlation_cursors c on c.shard = $1 % 16 and c.writer_id = d.writer_id
      where d.organization_id = $1 and d.writer_seq > coalesce(c.seq, 0)
      """, organization) != 0
  }

  /// Does what may fail here.
  private func attempt(_ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      #expect(error is PostgresError)
    }
  }
}

extension Array {
  fileprivate func chunked(_ size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
