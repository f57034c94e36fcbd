public import Core
public import Correlation
public import Postgres

extension CorrelationHistory {
  /// The incidents of a request.
  public static func incidents(
    _ request: HistoryRequest, _ organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws -> [KnownIncident] {
    guard !request.incidentRuleIDs.isEmpty else { return [] }
    return try connection.query(
      knownOfRules,
      [
        .int4(organization.rawValue), .textArray(request.incidentRuleIDs), request.from.value,
        request.to.value,
      ], row: known)
  }

  /// The incidents of plain rules' groups.
  public static func incidents(
    _ requests: [EpisodeRequest], _ organization: OrganizationID,
    on connection: isolated PostgresConnection
  ) throws -> [KnownIncident] {
    guard !requests.isEmpty else { return [] }
    return try connection.query(
      knownOfGroups,
      [
        .int4(organization.rawValue), .textArray(requests.map(\.ruleID)),
        .textArray(requests.map(\.groupKey)), .timestamptzArray(requests.map(\.from.microseconds)),
        .timestamptzArray(requests.map(\.to.microseconds)),
      ], row: known)
  }

  private static func known(_ row: PostgresRow) throws -> KnownIncident {
    let id = try row.uuid(2)
    return KnownIncident(
      ruleID: try row.text(0), groupKey: try row.text(1),
      episode: Episode(
        incident: IncidentID(uuid: EventID(high: id.high, low: id.low)), age: try row.int8(3),
        since: try row.int8(4), first: Timestamp(microseconds: try row.timestamptz(5)),
        last: Timestamp(microseconds: try row.timestamptz(6))))
  }

  private static let knownOfRules = PostgresStatement(
    "correlation.known_of_rules",
    """
    select rule_id, group_key, id, number, correlation_since, first_fire_at, last_hold_at
    from incidents
    where organization_id = $1
      and rule_id = any ($2)
      and correlation = 'live'
      and last_hold_at >= $3
      and first_fire_at <= $4
    """)
  private static let knownOfGroups = PostgresStatement(
    "correlation.known_of_groups",
    """
    select i.rule_id, i.group_key, i.id, i.number, i.correlation_since, i.first_fire_at, i.last_hold_at
    from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
      as wanted (rule_id, group_key, earliest, latest)
    join incidents i
      on i.organization_id = $1
      and i.rule_id = wanted.rule_id
      and i.group_key = wanted.group_key
      and i.correlation = 'live'
      and i.last_hold_at >= wanted.earliest
      and i.first_fire_at <= wanted.latest
    """)
}
