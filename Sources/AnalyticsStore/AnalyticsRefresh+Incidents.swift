internal import Core
internal import Postgres

extension AnalyticsRefresh {
  /// Counts incidents that have changed, and scores the entities that they name.
  func countIncidents(
    _ pass: inout AnalyticsPass, on connection: isolated PostgresConnection
  ) throws {
    let changes = try connection.query(Self.takeChanges, [.int8(limits.changes)]) { row in
      (organization: try row.int4(0), incident: try row.uuid(1))
    }
    guard !changes.isEmpty else { return }
    pass.changes = changes.count
    pass.hasMore = changes.count == Int(limits.changes)
    pass.organizations.formUnion(changes.map { OrganizationID($0.organization) })
    // An incident that was merged into another counts with that one, so that one is to be counted anew.
    let incidents = try connection.query(
      Self.findMasters,
      [.int4Array(changes.map(\.organization)), .uuidArray(changes.map(\.incident))]
    ) { row in (organization: try row.int4(0), incident: try row.uuid(1)) }
    let given: [PostgresValue] = [
      .int4Array(incidents.map(\.organization)), .uuidArray(incidents.map(\.incident)),
    ]
    for statement in [
      Self.addToRollups, Self.dropEmptyRollups, Self.addToTechniques, Self.dropEmptyTechniques,
      Self.keepFacts, Self.dropFacts,
    ] {
      try connection.execute(statement, given)
    }
    let entities = try connection.query(
      Self.nameEntities, given + [.int4(limits.entitiesPerIncident)]
    ) { row in
      (
        EntityKey(organization: try row.int4(0), type: try row.text(1), value: try row.text(2)),
        try row.int8(3)
      )
    }
    try scoreEntities(entities, on: connection)
  }

  private static let takeChanges = PostgresStatement(
    "analytics.take_changes",
    """
    delete from incident_changes
    where id in (
      select id
      from incident_changes
      order by id
      limit $1)
    returning organization_id, incident_id
    """)
  private static let findMasters = PostgresStatement(
    "analytics.masters",
    """
    with recursive masters as (
      select organization_id, id, 0 as depth
      from unnest($1::int[], $2::uuid[]) as given (organization_id, id)
      union
      select i.organization_id, i.merged_into, masters.depth + 1
      from masters
      join incidents i on i.organization_id = masters.organization_id and i.id = masters.id
      where i.merged_into is not null and masters.depth < 32
    )
    select distinct organization_id, id
    from masters
    order by organization_id, id
    """)

  /// What was counted, with a minus, and what is to be counted, of the incidents $1, $2.
  private static let difference = """
    select facts.*, -1 as sign
    from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
    join incident_facts facts using (organization_id, incident_id)
    union all
    select facts.*, 1 as sign
    from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
    join incident_facts_now facts using (organization_id, incident_id)
    """

  private static let addToRollups = PostgresStatement(
    "analytics.add_incidents",
    """
    insert into incident_rollups as sums (
      organization_id, day, rule_id, severity, status, verdict, incidents, acknowledged,
      acknowledge_ms, resolved, resolve_ms)
    select organization_id, day, rule_id, severity, status, verdict, sum(sign),
      coalesce(sum(sign) filter (where acknowledge_ms is not null), 0),
      coalesce(sum(sign * acknowledge_ms), 0),
      coalesce(sum(sign) filter (where resolve_ms is not null), 0),
      coalesce(sum(sign * resolve_ms), 0)
    from (
      \(difference)
    ) changes
    group by organization_id, day, rule_id, severity, status, verdict
    having (sum(sign), coalesce(sum(sign) filter (where acknowledge_ms is not null), 0),
      coalesce(sum(sign * acknowledge_ms), 0),
      coalesce(sum(sign) filter (where resolve_ms is not null), 0),
      coalesce(sum(sign * resolve_ms), 0)) <> (0, 0, 0, 0, 0)
    order by organization_id, day, rule_id, severity, status, verdict
    on conflict (organization_id, day, rule_id, severity, status, verdict) do update
    set incidents = sums.incidents + excluded.incidents,
      acknowledged = sums.acknowledged + excluded.acknowledged,
      acknowledge_ms = sums.acknowledge_ms + excluded.acknowledge_ms,
      resolved = sums.resolved + excluded.resolved,
      resolve_ms = sums.resolve_ms + excluded.resolve_ms
    """)

  /// Rows that the incidents' old facts have left.
  private static let dropEmptyRollups = PostgresStatement(
    "analytics.drop_empty",
    """
    delete from incident_rollups sums
    using (
      select distinct organization_id, day
      from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
      join incident_facts using (organization_id, incident_id)
    ) days
    where sums.organization_id = days.organization_id
      and sums.day = days.day
      and sums.incidents = 0
    """)
  private static let addToTechniques = PostgresStatement(
    "analytics.add_techniques",
    """
    insert into technique_rollups as sums (organization_id, day, technique, incidents)
    select organization_id, day, technique, sum(sign)
    from (
      select distinct organization_id, incident_id, day, technique, sign
      from (
        \(difference)
      ) changes
      cross join lateral unnest(techniques) as technique
    ) named
    group by organization_id, day, technique
    having sum(sign) <> 0
    order by organization_id, day, technique
    on conflict (organization_id, day, technique) do update
    set incidents = sums.incidents + excluded.incidents
    """)
  private static let dropEmptyTechniques = PostgresStatement(
    "analytics.drop_empty_techniques",
    """
    delete from technique_rollups sums
    using (
      select distinct organization_id, day
      from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
      join incident_facts using (organization_id, incident_id)
    ) days
    where sums.organization_id = days.organization_id
      and sums.day = days.day
      and sums.incidents = 0
    """)
  private static let keepFacts = PostgresStatement(
    "analytics.keep_facts",
    """
    insert into incident_facts as kept (
      organization_id, incident_id, day, rule_id, severity, status, verdict, acknowledge_ms,
      resolve_ms, techniques)
    select facts.*
    from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
    join incident_facts_now facts using (organization_id, incident_id)
    on conflict (organization_id, incident_id) do update
    set day = excluded.day, rule_id = excluded.rule_id, severity = excluded.severity,
      status = excluded.status, verdict = excluded.verdict,
      acknowledge_ms = excluded.acknowledge_ms, resolve_ms = excluded.resolve_ms,
      techniques = excluded.techniques
    where (kept.*) is distinct from (excluded.*)
    """)
  private static let dropFacts = PostgresStatement(
    "analytics.drop_facts",
    """
    delete from incident_facts kept
    using unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
    where kept.organization_id = given.organization_id
      and kept.incident_id = given.incident_id
      and not exists (
        select
        from incidents i
        where i.organization_id = given.organization_id and i.id = given.incident_id)
    """)
}
