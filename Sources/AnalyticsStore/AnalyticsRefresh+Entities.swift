internal import Core
internal import Postgres

extension AnalyticsRefresh {
  /// Makes the risk of entities anew, and counts their incidents.
  ///
  /// - Parameter entities: with the incidents that have come to name each, less those that do no more.
  func scoreEntities(
    _ entities: [(key: EntityKey, incidents: Int64)], on connection: isolated PostgresConnection
  ) throws {
    guard !entities.isEmpty else { return }
    let keys: [PostgresValue] = [
      .int4Array(entities.map(\.key.organization)), .textArray(entities.map(\.key.type)),
      .textArray(entities.map(\.key.value)),
    ]
    try connection.execute(
      Self.score,
      keys + [
        .int8Array(entities.map(\.incidents)), .int4(halfLife), .int8(limits.incidentsPerEntity),
      ])
    try connection.execute(Self.dropUnnamed, keys)
  }

  /// Answers the entities whose incidents, or points, have changed.
  static let nameEntities = PostgresStatement(
    "analytics.name_entities",
    """
    with given as (
      select *
      from unnest($1::int[], $2::uuid[]) as given (organization_id, incident_id)
    ), wanted as (
      select *
      from entity_incidents_now($1, $2, $3)
    ), known as (
      select k.*
      from given
      join entity_incidents k using (organization_id, incident_id)
    ), gone as (
      delete from entity_incidents k
      using (
        select organization_id, incident_id, entity_type, entity_value from known
        except
        select organization_id, incident_id, entity_type, entity_value from wanted
      ) unnamed
      where k.organization_id = unnamed.organization_id
        and k.incident_id = unnamed.incident_id
        and k.entity_type = unnamed.entity_type
        and k.entity_value = unnamed.entity_value
    ), kept as (
      insert into entity_incidents as k (
        organization_id, incident_id, entity_type, entity_value, at, points)
      select organization_id, incident_id, entity_type, entity_value, at, points
      from wanted
      on conflict (organization_id, incident_id, entity_type, entity_value) do update
      set at = excluded.at, points = excluded.points
      where (k.at, k.points) is distinct from (excluded.at, excluded.points)
    )
    select organization_id, entity_type, entity_value,
      sum((w.at is not null)::int - (k.at is not null)::int)
    from wanted w
    full join known k using (organization_id, incident_id, entity_type, entity_value)
    where (w.at, w.points) is distinct from (k.at, k.points)
    group by organization_id, entity_type, entity_value
    order by organization_id, entity_type, entity_value
    """)

  /// Points are added up as they are at the newest of the incidents, and the exponents of what is
  /// very old are held where 2 ^ them is still a number.
  private static let score = PostgresStatement(
    "analytics.score_entities",
    """
    insert into entity_risk as known (
      organization_id, entity_type, entity_value, risk_key, half_life, incidents, last_seen)
    select e.organization_id, e.entity_type, e.entity_value, coalesce(risk.key, '-infinity'), $5,
      e.incidents, coalesce(seen.at, '-infinity')
    from unnest($1::int[], $2::text[], $3::text[], $4::bigint[])
      as e (organization_id, entity_type, entity_value, incidents)
    cross join lateral (
      select max(newest) / $5
        + ln(sum(points * power(2::float8, greatest((t - newest) / $5, -900))
            order by t desc, incident_id desc)) / ln(2::float8) as key
      from (
        select points, incident_id, t, max(t) over () as newest
        from (
          select points, incident_id, extract(epoch from at)::float8 as t
          from entity_incidents i
          where i.organization_id = e.organization_id
            and i.entity_type = e.entity_type
            and i.entity_value = e.entity_value
            and points > 0
          order by at desc, incident_id desc
          limit $6
        ) counted
      ) timed
    ) risk
    cross join lateral (
      select max(at) as at
      from entity_incidents i
      where i.organization_id = e.organization_id
        and i.entity_type = e.entity_type
        and i.entity_value = e.entity_value
    ) seen
    on conflict (organization_id, entity_type, entity_value) do update
    set risk_key = excluded.risk_key, half_life = excluded.half_life,
      incidents = known.incidents + excluded.incidents, last_seen = excluded.last_seen
    """)
  private static let dropUnnamed = PostgresStatement(
    "analytics.drop_unnamed",
    """
    delete from entity_risk known
    using unnest($1::int[], $2::text[], $3::text[])
      as e (organization_id, entity_type, entity_value)
    where known.organization_id = e.organization_id
      and known.entity_type = e.entity_type
      and known.entity_value = e.entity_value
      and known.incidents = 0
    """)
}
