internal import Core
internal import Correlation
internal import Postgres

extension IncidentWriter {
  /// Adds events and their count and times.
  func add(
    _ evidence: [EvidenceItem], to incident: IncidentID
  ) -> [(PostgresStatement, [PostgresValue])] {
    guard !evidence.isEmpty else { return [] }
    return [
      (
        Self.insertEvidence,
        [
          id, incident.value, .timestamptzArray(evidence.map(\.key.ts.microseconds)),
          .uuidArray(evidence.map { ($0.key.id.high, $0.key.id.low) }),
          .textArray(evidence.map(\.detection.ruleID)), .int8(evidenceLimit),
        ]
      )
    ]
  }

  /// Copies evidence in `span` from other incidents.
  func inherit(
    _ others: [IncidentID], _ span: ClosedRange<Timestamp>, into incident: IncidentID
  ) -> [(PostgresStatement, [PostgresValue])] {
    guard !others.isEmpty else { return [] }
    let values = [
      id, incident.value, .uuidArray(others.map { ($0.uuid.high, $0.uuid.low) }),
      span.lowerBound.clamped.value, span.upperBound.clamped.value,
    ]
    return [(Self.copyEvidence, values), (Self.copySplits, values)]
  }

  func remove(
    _ events: [EventKey], from incident: IncidentID
  ) -> [(PostgresStatement, [PostgresValue])] {
    guard !events.isEmpty else { return [] }
    return [
      (
        Self.deleteEvidence,
        [
          id, incident.value, .timestamptzArray(events.map(\.ts.microseconds)),
          .uuidArray(events.map { ($0.id.high, $0.id.low) }),
        ]
      )
    ]
  }

  func narrow(
    _ incident: IncidentID, to span: ClosedRange<Timestamp>
  ) -> (PostgresStatement, [PostgresValue]) {
    (
      Self.narrowEvidence,
      [id, incident.value, span.lowerBound.clamped.value, span.upperBound.clamped.value]
    )
  }

  func keepOnly(
    _ evidence: [EvidenceItem], in span: ClosedRange<Timestamp>, of incident: IncidentID
  ) -> (PostgresStatement, [PostgresValue]) {
    (
      Self.keepEvidence,
      [
        id, incident.value, span.lowerBound.clamped.value, span.upperBound.clamped.value,
        .uuidArray(evidence.map { ($0.key.id.high, $0.key.id.low) }),
      ]
    )
  }

  func recount(_ incident: IncidentID) -> (PostgresStatement, [PostgresValue]) {
    (Self.recountEvidence, [id, incident.value, .int4(IncidentEntity.most)])
  }

  private static let insertEvidence = PostgresStatement(
    "incidents.add_evidence",
    """
    with room as (
      select greatest($6 - (event_count - evidence_dropped), 0) as rows
      from incidents
      where organization_id = $1 and id = $2
      for update),
    given as (
      select ts, event_id, rule_id, row_number() over (order by ts, event_id) as place
      from unnest($3::timestamptz[], $4::uuid[], $5::text[]) as given (ts, event_id, rule_id)),
    added as (
      insert into incident_events (organization_id, ts, incident_id, event_id, rule_id)
      select $1, ts, $2, event_id, rule_id
      from given, room
      where place <= room.rows
      on conflict do nothing
      returning ts),
    counted as (
      select (select count(*) from added) as added,
        (select count(*) from given, room where place > room.rows) as dropped,
        (select min(ts) from given) as first_at,
        (select max(ts) from given) as last_at)
    update incidents
    set event_count = event_count + counted.added + counted.dropped,
      evidence_dropped = evidence_dropped + counted.dropped,
      first_event_at = least(first_event_at, counted.first_at),
      last_event_at = greatest(last_event_at, counted.last_at)
    from counted
    where organization_id = $1 and id = $2
    """)
  private static let copyEvidence = PostgresStatement(
    "incidents.inherit_evidence",
    """
    insert into incident_events (organization_id, ts, incident_id, event_id, rule_id)
    select distinct on (ts, event_id) organization_id, ts, $2, event_id, rule_id
    from incident_events
    where organization_id = $1 and incident_id = any ($3) and ts between $4 and $5
    order by ts, event_id, rule_id
    on conflict do nothing
    """)
  /// What a person put into another incident stays there.
  private static let copySplits = PostgresStatement(
    "incidents.inherit_splits",
    """
    insert into incident_splits (organization_id, ts, incident_id, event_id, into_incident)
    select organization_id, ts, $2, event_id, into_incident
    from incident_splits
    where organization_id = $1 and incident_id = any ($3) and ts between $4 and $5
      and into_incident <> $2
    on conflict do nothing
    """)
  private static let deleteEvidence = PostgresStatement(
    "incidents.remove_evidence",
    """
    delete from incident_events
    using unnest($3::timestamptz[], $4::uuid[]) as gone (ts, event_id)
    where incident_events.organization_id = $1
      and incident_events.incident_id = $2
      and incident_events.ts = gone.ts
      and incident_events.event_id = gone.event_id
    """)
  private static let narrowEvidence = PostgresStatement(
    "incidents.narrow_evidence",
    """
    delete from incident_events
    where organization_id = $1 and incident_id = $2 and ts not between $3 and $4
    """)
  private static let keepEvidence = PostgresStatement(
    "incidents.keep_evidence",
    """
    delete from incident_events
    where organization_id = $1 and incident_id = $2 and ts between $3 and $4 and event_id <> all ($5)
    """)
  private static let recountEvidence = PostgresStatement(
    "incidents.recount", "select incident_recount($1, $2, $3)")
}

extension Timestamp {
  /// Within the years 1 to 9999, which PostgreSQL and every reader of ours can show.
  var clamped: Timestamp { min(max(self, .earliest), .latest) }
}
