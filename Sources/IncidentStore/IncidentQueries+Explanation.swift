public import Core
public import Correlation
public import Postgres

/// What an exception may have kept from an incident: detections of some rules, in a stretch of time, of
/// one group.
public struct KeptBackRequest: Sendable, Hashable {
  /// A value that detections of a rule must have, in any case.
  public struct GroupField: Sendable, Hashable {
    public var ruleID: String
    /// Of the detection's fields, or a column: `src_ip`, `dst_ip`, `host` or `user`.
    public var field: String
    public var value: String

    public init(ruleID: String, field: String, value: String) {
      self.ruleID = ruleID
      self.field = field
      self.value = value
    }
  }

  /// The rule or correlation that raised the incident.
  public var subject: String
  /// The rules whose detections it takes.
  public var ruleIDs: [String]
  /// Both ends inclusive.
  public var from: Timestamp
  public var to: Timestamp
  /// Those of the group that are fields of detections.
  public var fields: [GroupField] = []
  /// Those that are columns: of a plain rule's principal entity.
  public var columns: [GroupField] = []

  public init(subject: String, ruleIDs: [String], from: Timestamp, to: Timestamp) {
    self.subject = subject
    self.ruleIDs = ruleIDs
    self.from = from
    self.to = to
  }
}

extension IncidentQueries {
  /// The versions of the rules that found the first of an incident's events, the newest of each rule.
  ///
  /// - Parameter events: how many events are looked at.
  public static func versions(
    _ organization: OrganizationID, _ id: IncidentID, ofFirst events: Int,
    on connection: isolated PostgresConnection
  ) throws -> [(ruleID: String, version: Int32)] {
    try connection.query(
      findVersions, [.int4(organization.rawValue), id.value, .int8(Int64(events))]
    ) { (try $0.text(0), try $0.int4(1)) }
  }

  /// How many detections each exception kept back, the ids ascending; of at most `limit` detections.
  public static func keptBack(
    _ request: KeptBackRequest, _ organization: OrganizationID, limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> [(exception: Int64, detections: Int64)] {
    try connection.query(
      countKeptBack,
      [
        .int4(organization.rawValue), .textArray(request.ruleIDs), request.from.value,
        request.to.value, .text(request.subject), .textArray(request.fields.map(\.ruleID)),
        .textArray(request.fields.map(\.field)), .textArray(request.fields.map(\.value)),
        .textArray(request.columns.map(\.field)), .textArray(request.columns.map(\.value)),
        .int8(Int64(limit)),
      ]
    ) { (try $0.int8(0), try $0.int8(1)) }
  }

  private static let findVersions = PostgresStatement(
    "incidents.rule_versions",
    """
    select d.rule_id, max(d.rule_version)
    from (
      select ts, event_id, rule_id
      from incident_events
      where organization_id = $1 and incident_id = $2
      order by ts, event_id
      limit $3
    ) e
    join detections d
      on d.organization_id = $1
        and d.ts = e.ts
        and d.event_id = e.event_id
        and d.rule_id = e.rule_id
    group by d.rule_id
    order by d.rule_id
    """)
  private static let countKeptBack = PostgresStatement(
    "incidents.kept_back",
    """
    select held.id, count(*)
    from (
      select d.exceptions
      from detections d
      where d.organization_id = $1
        and d.rule_id = any ($2)
        and d.ts between $3 and $4
        and d.excepted @> array[$5]
        and not exists (
          select
          from unnest($6::text[], $7::text[], $8::text[]) as wanted (rule_id, field, value)
          where wanted.rule_id = d.rule_id
            and lower(d.fields ->> wanted.field) is distinct from lower(wanted.value))
        and not exists (
          select
          from unnest($9::text[], $10::text[]) as wanted (name, value)
          where lower(case wanted.name
            when 'src_ip' then host(d.src_ip)
            when 'dst_ip' then host(d.dst_ip)
            when 'host' then d.host
            else d."user" end) is distinct from lower(wanted.value))
      limit $11
    ) kept
    cross join lateral unnest(kept.exceptions) as held (id)
    group by held.id
    order by held.id
    """)
}
