internal import Core
internal import Correlation
internal import Postgres

extension IncidentQueries {
  /// The columns that `incident(_:)` reads, in its order.
  static let columns = """
    id, number, title, reason, severity, status, verdict, assignee, tags, src_ip,
      array (select entity ->> 'type' from jsonb_array_elements(entities) entity),
      array (select entity ->> 'value' from jsonb_array_elements(entities) entity),
      tactics, techniques, rule_id, rule_version, rule_title, event_count, first_event_at,
      last_event_at, created_at, updated_at, resolved_at, revision, amended, merged_into,
      explanation::text
    """

  static func incident(_ row: PostgresRow) throws -> Incident {
    let types = try row.textArray(10)
    let values = try row.textArray(11)
    let rule = try row.optionalText(14).map { id in
      Incident.Rule(
        id: id, version: try row.optionalInt4(15) ?? 0, title: try row.optionalText(16) ?? "")
    }
    return Incident(
      id: try id(row.uuid(0)), number: try row.int8(1), title: try row.text(2),
      reason: try row.text(3), severity: try value(row.text(4)), status: try value(row.text(5)),
      verdict: try row.optionalText(6).map { try value($0) }, assignee: try row.optionalText(7),
      tags: try row.textArray(8).compactMap(\.self),
      srcIP: try row.optionalInet(9).flatMap { IPAddress(bytes: $0) },
      entities: zip(types, values).compactMap { type, value in
        guard let type, let value else { return nil }
        return IncidentEntity(type: type, value: value)
      },
      tactics: try row.textArray(12).compactMap(\.self),
      techniques: try row.textArray(13).compactMap(\.self), rule: rule,
      eventCount: try row.int8(17), firstEventAt: try time(row.optionalTimestamptz(18)),
      lastEventAt: try time(row.optionalTimestamptz(19)),
      createdAt: Timestamp(microseconds: try row.timestamptz(20)),
      updatedAt: Timestamp(microseconds: try row.timestamptz(21)),
      resolvedAt: try time(row.optionalTimestamptz(22)), revision: try row.int4(23),
      amended: try row.bool(24), mergedInto: try row.optionalUUID(25).map { id($0) },
      explanation: try row.text(26))
  }

  private static func id(_ words: (high: UInt64, low: UInt64)) -> IncidentID {
    IncidentID(uuid: EventID(high: words.high, low: words.low))
  }

  private static func time(_ microseconds: Int64?) -> Timestamp? {
    microseconds.map { Timestamp(microseconds: $0) }
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
  static let findEvidence = PostgresStatement(
    "incidents.evidence",
    """
    select ts, event_id, rule_id
    from incident_events
    where organization_id = $1
      and incident_id = $2
      and (ts, event_id) > ($3, $4)
      and ts >= $3
    order by ts, event_id
    limit $5
    """)
  static let findJournal = PostgresStatement(
    "incidents.journal",
    """
    select sequence, at, actor, action, detail::text, hash
    from incident_journal
    where organization_id = $1
      and incident_id = $2
      and sequence > $3
      and ($5::text is null or action = $5)
    order by sequence
    limit $4
    """)
  static let findFault = PostgresStatement(
    "incidents.journal_fault", "select incident_journal_fault($1)")
  static let countAll = PostgresStatement(
    "incidents.summary",
    """
    select status, severity, count(*)
    from incidents
    where organization_id = $1
    group by status, severity
    order by status, severity
    """)
}
