internal import Core
internal import Correlation
internal import Postgres

extension IncidentUpdates {
  static func values(
    _ change: IncidentChange, _ organization: OrganizationID, _ id: IncidentID
  ) -> [PostgresValue] {
    let assigns: (Bool, String?) =
      switch change.assignee {
      case nil: (false, nil)
      case .nobody?: (true, nil)
      case .person(let name)?: (true, name)
      }
    return [
      .int4(organization.rawValue), id.value, .optionalText(change.status?.rawValue),
      .optionalText(change.verdict?.value?.rawValue), .optionalText(change.severity?.rawValue),
      .optionalText(change.title), .bool(assigns.0), .optionalText(assigns.1),
      change.tags.map { .textArray($0) } ?? .null, .bool(change.verdict != nil),
      .bool(change.verdictReason != nil), .optionalText(change.verdictReason?.value),
    ]
  }

  static let update = PostgresStatement(
    "incidents.update",
    """
    update incidents
    set status = coalesce($3, status),
      verdict = case
        when $10 or $3 = 'open' and status in ('resolved', 'dismissed') then $4
        else verdict end,
      verdict_reason = case
        when $11 or $3 = 'open' and status in ('resolved', 'dismissed') then $12::text
        else verdict_reason end,
      severity = coalesce($5, severity),
      title = coalesce($6, title),
      assignee = case when $7 then $8 else assignee end,
      tags = coalesce($9::text[], tags),
      acknowledged_at = case
        when $3 <> 'open' and status = 'open' then coalesce(acknowledged_at, now())
        else acknowledged_at end,
      resolved_at = case
        when $3 is null or $3 = status then resolved_at
        when $3 = 'resolved' then now()
        else null end,
      revision = revision + 1,
      updated_at = now()
    where organization_id = $1 and id = $2
    """)
  static let makeCounter = PostgresStatement(
    "incidents.counter",
    """
    insert into incident_counters (organization_id)
    values ($1)
    on conflict do nothing
    """)
  static let lockCounter = PostgresStatement(
    "incidents.lock_counter",
    """
    select
    from incident_counters
    where organization_id = $1
    for update
    """)
  static let insert = PostgresStatement(
    "incidents.create",
    """
    with counter as (
      update incident_counters
      set last_number = last_number + 1
      where organization_id = $1
      returning last_number)
    insert into incidents (
      organization_id, id, number, title, reason, severity, src_ip, entities, assignee, tags,
      techniques, first_event_at, last_event_at)
    select $1, $2, last_number, $3, $4, $5, $6::inet, incident_entities('[]', $7, 100), $8::text, $9,
      $10, $11::timestamptz, $11
    from counter
    """)
}
