public import Core
public import Correlation
public import Postgres

extension IncidentQueries {
  /// One page of the events that an incident rests on and those that are merged into it, in order of
  /// time, each once.
  ///
  /// - Parameter merged: whether with those of the incidents that are merged into it.
  public static func evidence(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int, after: EventKey? = nil,
    merged: Bool = true, on connection: isolated PostgresConnection
  ) throws -> [IncidentEvidence] {
    let after = after ?? EventKey(ts: .earliest, id: EventID(high: 0, low: 0))
    return try connection.query(
      findEvidence,
      [
        .int4(organization.rawValue), id.value, after.ts.value,
        .uuid(high: after.id.high, low: after.id.low), .int8(Int64(limit)), .bool(merged),
      ]
    ) { row in
      let event = try row.uuid(1)
      return IncidentEvidence(
        event: EventKey(
          ts: Timestamp(microseconds: try row.timestamptz(0)),
          id: EventID(high: event.high, low: event.low)),
        ruleIDs: try row.textArray(2).compactMap(\.self))
    }
  }

  /// What rules found in some events: of the detections that are stored, or were kept with the events.
  public static func detections(
    _ organization: OrganizationID, of evidence: [IncidentEvidence],
    on connection: isolated PostgresConnection
  ) throws -> [CitedDetection] {
    guard let first = evidence.first?.event.ts, let last = evidence.last?.event.ts else {
      return []
    }
    let values: [PostgresValue] = [
      .int4(organization.rawValue),
      .timestamptzArray(evidence.map(\.event.ts.microseconds)),
      .uuidArray(evidence.map { ($0.event.id.high, $0.event.id.low) }),
    ]
    let stored = try connection.query(
      findDetections, values + [first.value, last.value], row: CitedDetection.init)
    let known = Set(stored.map(\.event))
    let gone = evidence.filter { !known.contains($0.event) }
    guard !gone.isEmpty else { return stored }
    let kept = try connection.query(
      findKeptDetections,
      [
        values[0], .timestamptzArray(gone.map(\.event.ts.microseconds)),
        .uuidArray(gone.map { ($0.event.id.high, $0.event.id.low) }),
      ], row: CitedDetection.init)
    return (stored + kept).sorted {
      $0.event != $1.event ? $0.event < $1.event : $0.ruleID < $1.ruleID
    }
  }

  // Each member gives as many as the page has, so that the page costs no more than that.
  private static let findEvidence = PostgresStatement(
    "incidents.evidence",
    """
    select ts, event_id, array_agg(distinct rule_id order by rule_id)
    from (
      select id
      from incidents
      where organization_id = $1 and (id = $2 or ($6 and merged_into = $2))
    ) family
    cross join lateral (
      select ts, event_id, rule_id
      from incident_events e
      where organization_id = $1
        and incident_id = family.id
        and (ts, event_id) > ($3, $4)
        and ts >= $3
        and not exists (
          select
          from incident_splits s
          where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
      order by ts, event_id
      limit $5
    ) shown
    group by ts, event_id
    order by ts, event_id
    limit $5
    """)
  private static let detectionColumns =
    "d.ts, d.event_id, d.rule_id, d.rule_version, d.level, d.fields::text, d.matched::text"
  private static let findDetections = PostgresStatement(
    "incidents.detections",
    """
    select \(detectionColumns)
    from unnest($2::timestamptz[], $3::uuid[]) as wanted (ts, event_id)
    join detections d
      on d.organization_id = $1
        and d.ts = wanted.ts
        and d.ts between $4 and $5
        and d.event_id = wanted.event_id
    order by d.ts, d.event_id, d.rule_id
    """)
  private static let findKeptDetections = PostgresStatement(
    "incidents.kept_detections",
    """
    select \(detectionColumns)
    from unnest($2::timestamptz[], $3::uuid[]) as wanted (ts, event_id)
    join pinned_detections d
      on d.organization_id = $1 and d.ts = wanted.ts and d.event_id = wanted.event_id
    order by d.ts, d.event_id, d.rule_id
    """)
}

/// What a rule found in an event that an incident cites.
public struct CitedDetection: Sendable {
  public let event: EventKey
  public let ruleID: String
  public let ruleVersion: Int32
  public let level: String
  /// JSON.
  public let fields: String
  /// JSON: what matched.
  public let matched: String

  init(_ row: PostgresRow) throws {
    let id = try row.uuid(1)
    event = EventKey(
      ts: Timestamp(microseconds: try row.timestamptz(0)),
      id: EventID(high: id.high, low: id.low))
    ruleID = try row.text(2)
    ruleVersion = try row.int4(3)
    level = try row.text(4)
    fields = try row.text(5)
    matched = try row.text(6)
  }
}

extension IncidentQueries {
  /// The incidents that are merged into one.
  public static func merged(
    _ organization: OrganizationID, into id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> [Incident] {
    try connection.query(
      findMerged,
      [.int4(organization.rawValue), id.value, .int8(Int64(IncidentLinks.largestFamily))],
      row: incident)
  }

  private static let findMerged = PostgresStatement(
    "incidents.merged",
    """
    select \(listColumns)
    from incidents
    where organization_id = $1 and merged_into = $2
    order by number
    limit $3
    """)
}
