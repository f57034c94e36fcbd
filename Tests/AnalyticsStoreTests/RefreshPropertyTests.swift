import AnalyticsStore
import Core
import Testing

@Suite struct RefreshPropertyTests {
  /// What the rollups say, and what a count of the incidents themselves says.
  private static let rollups = """
    select organization_id, day, rule_id, severity, status, verdict, incidents, acknowledged,
      acknowledge_ms, resolved, resolve_ms
    from incident_rollups
    """
  private static let counted = """
    select organization_id, (created_at at time zone 'utc')::date, coalesce(rule_id, ''), severity,
      status, coalesce(verdict, ''), count(*), count(acknowledged_at),
      coalesce(sum(greatest(0, floor(extract(epoch from acknowledged_at - created_at) * 1000))
        ::bigint), 0)::bigint,
      count(resolved_at) filter (where status = 'resolved'),
      coalesce(sum(greatest(0, floor(extract(epoch from resolved_at - created_at) * 1000))::bigint)
        filter (where status = 'resolved'), 0)::bigint
    from incidents
    group by 1, 2, 3, 4, 5, 6
    """
  private static let techniques = """
    select organization_id, (created_at at time zone 'utc')::date, technique, count(distinct id)
    from incidents
    cross join lateral unnest(techniques) as technique
    where status <> 'merged'
    group by 1, 2, 3
    """
  private static let risks = """
    select organization_id, entity_type, entity_value, risk_key, half_life, incidents, last_seen
    from entity_risk
    order by 1, 2, 3
    """

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func summariesAreWhatTheIncidentsAddUpTo(seed: UInt64) async throws {
    let database = try await AnalyticsDatabase()
    var history = RandomHistory(database, seed: seed)
    var random = SeededGenerator(seed: seed &* 77)
    var limits = AnalyticsLimits()
    limits.changes = 3
    limits.incidentsPerEntity = 5
    for _ in 0..<150 {
      try await history.step()
      guard random.chance(30) else { continue }
      // Two nodes at once: one works, and the other counts nothing twice.
      async let first = database.pass(limits: limits)
      async let second = database.pass(limits: limits)
      _ = try await (first, second)
    }
    try await database.drain(limits: limits)
    #expect(try await database.rows("select from incident_changes").isEmpty)
    for (kept, counted) in [
      (Self.rollups, Self.counted),
      ("select organization_id, day, technique, incidents from technique_rollups", Self.techniques),
    ] {
      #expect(try await database.rows("(\(kept)) except (\(counted))") == [])
      #expect(try await database.rows("(\(counted)) except (\(kept))") == [])
    }
    try await expectEntitiesAsMadeAnew(database, limits)
  }

  private func expectEntitiesAsMadeAnew(
    _ database: AnalyticsDatabase, _ limits: AnalyticsLimits
  ) async throws {
    let kept = "select * from entity_incidents"
    let counted = """
      select made.organization_id, incident_id, entity_type, entity_value, at, points
      from (select array_agg(organization_id) as organizations, array_agg(id) as ids from incidents)
        all_of_them
      cross join lateral entity_incidents_now(organizations, ids, 500) made
      """
    #expect(try await database.rows("(\(kept)) except (\(counted))") == [])
    #expect(try await database.rows("(\(counted)) except (\(kept))") == [])
    let before = try await database.rows(Self.risks)
    #expect(!before.isEmpty)
    try await database.run(
      """
      truncate entity_risk, entity_incidents, incident_facts, incident_rollups, technique_rollups;
      insert into incident_changes (organization_id, incident_id)
      select organization_id, id from incidents order by md5(id::text)
      """)
    var others = limits
    others.changes = 7
    try await database.drain(limits: others)
    #expect(try await database.rows(Self.risks) == before)
  }

  @Test(arguments: [5, 6] as [UInt64])
  func detectionsAreCountedOnce(seed: UInt64) async throws {
    let database = try await AnalyticsDatabase()
    var random = SeededGenerator(seed: seed)
    try await database.run(
      "insert into event_writers (node) values ('a'), ('b'), ('c')")
    var limits = AnalyticsLimits()
    limits.commits = 2
    for _ in 0..<60 {
      let writer = Int.random(in: 1...3, using: &random)
      let detections = Int.random(in: 0...3, using: &random)
      let hours = Int.random(in: 0..<5, using: &random)
      try await database.run(
        """
        begin;
        update event_writers set head = head + 1 where id = \(writer);
        insert into detections (
          ts, received_at, event_id, organization_id, rule_version, writer_id, ordinal, writer_seq,
          severity, rule_id, level, source_type, fields, matched)
        select now() - interval '\(hours) hours', now(), gen_random_uuid(), 1 + number % 2, 1,
          \(writer), number, head, 5, 'rule ' || number, 'high', 'test', '{}', '{}'
        from event_writers, generate_series(1, \(detections)) as number
        where id = \(writer);
        commit;
        """)
      if random.chance(40) { try await database.pass(limits: limits) }
    }
    try await database.drain(limits: limits)
    let kept = "select organization_id, hour, rule_id, detections from detection_rollups"
    let counted = """
      select organization_id, date_trunc('hour', ts, 'UTC'), rule_id, count(*)
      from detections
      group by 1, 2, 3
      """
    #expect(try await database.rows("(\(kept)) except (\(counted))") == [])
    #expect(try await database.rows("(\(counted)) except (\(kept))") == [])
  }
}
