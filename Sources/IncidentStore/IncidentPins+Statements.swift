internal import Postgres

extension IncidentPins {
  static let mark = PostgresStatement(
    "incidents.mark_pinned",
    """
    update incidents
    set pinned_at = now()
    where organization_id = $1 and id = $2 and pinned_at is null
    """)
  static let findCiting = PostgresStatement(
    "incidents.citing",
    """
    select i.organization_id, i.id
    from incidents i
    left join incidents master on master.id = i.merged_into
    where i.first_event_at < $2
      and i.last_event_at >= $1
      and i.id > $3
      and coalesce(master.status, i.status) not in ('resolved', 'dismissed')
    order by i.id
    limit $4
    """)
  static let findOwn = PostgresStatement(
    "incidents.cited_events",
    """
    select ts, event_id
    from incident_events
    where organization_id = $1
      and incident_id = $2
      and (ts, event_id) > ($3, $4)
      and ts >= $3
      and ts < $5
    order by ts, event_id
    limit $6
    """)

  private static let columns = [
    "ts", "received_at", "id", "organization_id", "severity", "src_port", "dst_port", "source_type",
    "event_id", "src_ip", "dst_ip", "protocol", "host", "\"user\"", "process", "action", "outcome",
    "message", "batch_id", "raw",
  ]
  static let copyEvents = PostgresStatement(
    "incidents.pin_events",
    """
    insert into pinned_events (\(columns.joined(separator: ", ")))
    select \(columns.map { "e.\($0)" }.joined(separator: ", "))
    from unnest($2::timestamptz[], $3::uuid[]) as cited (ts, id)
    join events e
      on e.organization_id = $1
        and e.ts = cited.ts
        and e.ts between $4 and $5
        and e.id = cited.id
    where e.deleted_at is null
    on conflict do nothing
    """)
  static let copyDetections = PostgresStatement(
    "incidents.pin_detections",
    """
    insert into pinned_detections (
      ts, event_id, organization_id, rule_version, rule_id, level, fields, matched)
    select d.ts, d.event_id, d.organization_id, d.rule_version, d.rule_id, d.level, d.fields, d.matched
    from unnest($2::timestamptz[], $3::uuid[]) as cited (ts, id)
    join detections d
      on d.organization_id = $1
        and d.ts = cited.ts
        and d.ts between $4 and $5
        and d.event_id = cited.id
    on conflict do nothing
    """)
}
