import Core
import Correlation
import Postgres
import Testing

@testable import Correlator

/// The incidents are a function of the commits and of the changes of rules between them: however late
/// the correlator is, however often it dies, and however many there are.
@Suite struct RuleChangePropertyTests {
  static let seeds: [UInt64] = {
    var system = SystemRandomNumberGenerator()
    return [1, 2, 3, 4] + (0..<4).map { _ in system.next() }
  }()

  private struct World {
    let database: CorrelationDatabase
    let organizations: [OrganizationID]
    let rulebook = TestRulebook()

    init() async throws {
      database = try await CorrelationDatabase(receivedLater: 86_400)
      var made: [OrganizationID] = []
      for index in 0...16 { made.append(try await database.makeOrganization("n\(index)")) }
      organizations = [made[0], made[16]]
      try await database.change(rulebook, try RuleStory.plans(0))
    }

    func play(_ step: RuleStory.Step) async throws {
      switch step {
      case .commit(let batch, let organization, let writer):
        try await database.commit(batch, organizations[organization], writer: writer)
      case .change(let variant, let organization):
        try await database.change(
          rulebook, try RuleStory.plans(variant), organization.map { organizations[$0] })
      }
    }

    func correlator(_ owner: String, batchSize: Int64 = 5_000) -> Correlator {
      let configuration = CorrelatorConfiguration(
        owner: owner, leaseSeconds: 2, pollInterval: .milliseconds(20), batchSize: batchSize,
        lateness: 0)
      return Correlator(configuration, pool: database.pool, rules: rulebook.provider)
    }

    /// All that is a function of the commits and the changes, of all incidents that stand for an
    /// episode.
    func incidents() async throws -> Set<String> {
      var all: Set<String> = []
      for (index, organization) in organizations.enumerated() {
        all.formUnion(try await database.incidents(organization).map { "\(index) \($0)" })
        all.formUnion(
          try await database.strings(
            """
            select format('\(index) %s[%s] version %s since %s at %s', rule_id, group_key,
              rule_version, correlation_since, first_fire_event)
            from incidents where correlation = 'live' and organization_id = $1
            """, organization))
      }
      return all
    }
  }

  @Test(arguments: seeds)
  func lagDeathAndCompanyMakeNoDifference(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let story = RuleStory(220, &random)
    let calm = try await World()
    let undisturbed = calm.correlator("calm")
    for step in story.steps {
      try await calm.play(step)
      try await undisturbed.runOnce()
    }
    let wild = try await World()
    try await wild.database.run(
      """
      create function fail_often() returns trigger language plpgsql as $$
      begin
        if random() < 0.06 then raise exception 'a fault of the test'; end if;
        return null;
      end $$;
      create trigger fail_often after insert or update on correlation_cursors
      for each statement execute function fail_often();
      create trigger fail_often after insert or update on incidents
      for each statement execute function fail_often();
      create trigger fail_often after insert or update on correlation_revisions
      for each statement execute function fail_often();
      """)
    var started = 0
    var living: [Correlator] = []
    for step in story.steps {
      try await wild.play(step)
      guard Int.random(in: 0..<6, using: &random) == 0 else { continue }
      while living.count < 2 {
        started += 1
        living.append(
          wild.correlator("w\(started)", batchSize: Int64.random(in: 1...40, using: &random)))
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for correlator in living { group.addTask { try await correlator.runOnce() } }
        try await group.waitForAll()
      }
      if Int.random(in: 0..<2, using: &random) == 0 {
        living.remove(at: Int.random(in: 0...1, using: &random))
        try await wild.database.run(
          "update correlation_leases set expires_at = now(); delete from correlation_workers")
      }
    }
    try await wild.database.run(
      """
      drop trigger fail_often on correlation_cursors;
      drop trigger fail_often on incidents;
      drop trigger fail_often on correlation_revisions;
      update correlation_leases set expires_at = now();
      delete from correlation_workers;
      """)
    try await wild.correlator("last").runOnce()
    let expected = try await calm.incidents()
    let actual = try await wild.incidents()
    #expect(!expected.isEmpty)
    #expect(actual.subtracting(expected).sorted() == [], "seed \(seed)")
    #expect(expected.subtracting(actual).sorted() == [], "seed \(seed)")
    for world in [calm, wild] {
      for organization in world.organizations {
        #expect(
          try await world.database.number("select incident_journal_fault($1)", organization) == nil)
      }
    }
  }
}
