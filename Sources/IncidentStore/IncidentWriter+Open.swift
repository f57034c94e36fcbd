internal import Core
internal import Correlation
internal import Postgres

extension IncidentWriter {
  func open(_ opening: IncidentOpening) -> [(PostgresStatement, [PostgresValue])] {
    let plan = opening.plan
    let text = IncidentText(plan: plan, group: opening.group)
    let reason = text.reason(measured: opening.measure)
    var items: [(PostgresStatement, [PostgresValue])] = [
      (
        Self.insert,
        [
          id, opening.id.value, .text(plan.title), .text(reason), .text(plan.severity.rawValue),
          .textArray(plan.tactics), .textArray(plan.techniques), .text(plan.ruleID),
          .int4(plan.version),
          .jsonb(text.explanation(firstFire: opening.firstFire, measured: opening.measure)),
          .text(opening.groupKey), .jsonb(text.groupJSON), opening.firstFire.ts.value,
          .uuid(high: opening.firstFire.id.high, low: opening.firstFire.id.low),
          opening.lastHold.value, .int8(plan.since),
        ]
      )
    ]
    items += add(opening.evidence, to: opening.id)
    if opening.inherits.isEmpty {
      items.append((Self.describe, description(of: opening.evidence, opening.id)))
    } else {
      items += inherit(opening.inherits, opening.span, into: opening.id)
      items += remove(opening.removed, from: opening.id)
      items.append(recount(opening.id))
    }
    var detail = [("reason", JSONText.string(reason))]
    if !opening.inherits.isEmpty {
      let parents = opening.inherits.map { JSONText.string($0.description) }
      detail.append(("split_from", JSONText.array(parents)))
    }
    items.append(journal(opening.id, "opened", detail))
    return items
  }

  /// The values that evidence lends to its incident.
  func description(of evidence: [EvidenceItem], _ incident: IncidentID) -> [PostgresValue] {
    let source = evidence.first { $0.detection.srcIP != nil }
    return [
      id, incident.value, .optionalInet(source?.detection.srcIP?.bytes),
      .jsonb(JSONText.array(IncidentEntity.all(in: evidence).map(\.json))),
      .int4(IncidentEntity.most), .optionalTimestamptz(microseconds: source?.key.ts.microseconds),
      .optionalUUID(source.map { ($0.key.id.high, $0.key.id.low) }),
    ]
  }

  private static let insert = PostgresStatement(
    "incidents.open",
    """
    with counter as (
      update incident_counters
      set last_number = last_number + 1
      where organization_id = $1
      returning last_number)
    insert into incidents (
      organization_id, id, number, title, reason, severity, tactics, techniques, rule_id,
      rule_version, rule_title, explanation, correlation, group_key, group_values, first_fire_at,
      first_fire_event, last_hold_at, correlation_since)
    select $1, $2, last_number, $3, $4, $5, $6, $7, $8,
      $9, $3, $10, 'live', $11, $12, $13,
      $14, $15, $16
    from counter
    """)
  static let describe = PostgresStatement(
    "incidents.describe",
    """
    update incidents
    set src_ip = case when is_earlier then $3 else src_ip end,
      src_ip_at = case when is_earlier then $6 else src_ip_at end,
      src_ip_event = case when is_earlier then $7 else src_ip_event end,
      entities = incident_entities(entities, $4, $5)
    from (
      select $3::inet is not null
        and (src_ip is null or ($6::timestamptz, $7::uuid) < (src_ip_at, src_ip_event)) as is_earlier
      from incidents
      where organization_id = $1 and id = $2
    ) found
    where organization_id = $1 and id = $2
    """)
}
