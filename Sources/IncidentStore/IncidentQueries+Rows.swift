internal import Core
internal import Correlation
internal import Postgres

extension IncidentQueries {
  /// The columns that `incident(_:)` reads, in its order.
  static let columns = columns(explanation: "explanation::text")
  /// The same without the explanation, which no list shows.
  static let listColumns = columns(explanation: "''")

  private static func columns(explanation: String) -> String {
    """
    id, number, title, reason, severity, status, verdict, assignee, tags, src_ip,
      array (select entity ->> 'type' from jsonb_array_elements(entities) entity),
      array (select entity ->> 'value' from jsonb_array_elements(entities) entity),
      tactics, techniques, rule_id, rule_version, rule_title,
      case
        when exists (
            select
            from incidents child
            where child.organization_id = incidents.organization_id
              and child.merged_into = incidents.id)
          or exists (
            select
            from incident_splits split
            where split.organization_id = incidents.organization_id
              and split.incident_id = incidents.id)
        then incident_family_shown(organization_id, id)
        else array[event_count, (extract(epoch from first_event_at) * 1000000)::bigint,
          (extract(epoch from last_event_at) * 1000000)::bigint] end,
      last_event_at, created_at, updated_at, resolved_at, revision, amended, merged_into,
      \(explanation), acknowledged_at, verdict_reason
    """
  }

  static func incident(_ row: PostgresRow) throws -> Incident {
    let types = try row.textArray(10)
    let shown = try row.int8Array(17)
    let values = try row.textArray(11)
    let rule = try row.optionalText(14).map { id in
      Incident.Rule(
        id: id, version: try row.optionalInt4(15) ?? 0, title: try row.optionalText(16) ?? "")
    }
    return Incident(
      id: try id(row.uuid(0)), number: try row.int8(1), title: try row.text(2),
      reason: try row.text(3), severity: try value(row.text(4)), status: try value(row.text(5)),
      verdict: try row.optionalText(6).map { try value($0) },
      verdictReason: try row.optionalText(27), assignee: try row.optionalText(7),
      tags: try row.textArray(8).compactMap(\.self),
      srcIP: try row.optionalInet(9).flatMap { IPAddress(bytes: $0) },
      entities: zip(types, values).compactMap { type, value in
        guard let type, let value else { return nil }
        return IncidentEntity(type: type, value: value)
      },
      tactics: try row.textArray(12).compactMap(\.self),
      techniques: try row.textArray(13).compactMap(\.self), rule: rule,
      eventCount: shown.first.flatMap(\.self) ?? 0, firstEventAt: time(shown.dropFirst().first),
      lastEventAt: time(shown.dropFirst(2).first),
      ownLastEventAt: time(try row.optionalTimestamptz(18)),
      createdAt: Timestamp(microseconds: try row.timestamptz(19)),
      updatedAt: Timestamp(microseconds: try row.timestamptz(20)),
      acknowledgedAt: time(try row.optionalTimestamptz(26)),
      resolvedAt: time(try row.optionalTimestamptz(21)), revision: try row.int4(22),
      amended: try row.bool(23), mergedInto: try row.optionalUUID(24).map { id($0) },
      explanation: try row.text(25))
  }

  static func id(_ words: (high: UInt64, low: UInt64)) -> IncidentID {
    IncidentID(uuid: EventID(high: words.high, low: words.low))
  }

  private static func time(_ microseconds: Int64??) -> Timestamp? {
    microseconds.flatMap(\.self).map { Timestamp(microseconds: $0) }
  }

  /// The case that a stored text names.
  static func value<Value: RawRepresentable<String>>(_ text: String) throws -> Value {
    guard let value = Value(rawValue: text) else {
      throw IncidentStoreError(.unknownValue, "\(Value.self) has no value \"\(text)\"")
    }
    return value
  }

  static let findItem = PostgresStatement(
    "incidents.item",
    """
    select \(columns)
    from incidents
    where organization_id = $1 and id = $2
    """)
  static let findNumber = PostgresStatement(
    "incidents.by_number",
    """
    select \(columns)
    from incidents
    where organization_id = $1 and number = $2
    """)
  /// The columns that `entry(_:_:)` reads: an entry, and the hash that it is chained to.
  static let entryColumns = entryColumns(detail: "detail::text")

  static func entryColumns(detail: String) -> String {
    """
    sequence, at, actor, action, \(detail), hash,
      coalesce((
        select before.hash
        from incident_journal before
        where before.organization_id = $1 and before.sequence = incident_journal.sequence - 1), '')
    """
  }
  static let findJournal = PostgresStatement(
    "incidents.journal",
    """
    select \(entryColumns)
    from incident_journal
    where organization_id = $1
      and incident_id = $2
      and sequence > $3
      and ($5::text is null or action = $5)
    order by sequence
    limit $4
    """)
}
