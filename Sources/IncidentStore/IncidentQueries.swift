public import Core
public import Correlation
public import Postgres

/// Reads incidents. Each question is asked for one organization and can see no other.
public enum IncidentQueries {
  /// The most that one page can hold.
  public static let largestPage = 1000

  /// One page of a list.
  ///
  /// - Parameters:
  ///   - limit: 1 to `largestPage`.
  ///   - after: where the page before ended; nil for the first.
  public static func list(
    _ organization: OrganizationID, _ filter: IncidentFilter, sort: IncidentSort = .standard,
    limit: Int, after: IncidentPosition? = nil, on connection: isolated PostgresConnection
  ) throws -> [Incident] {
    precondition((1...largestPage).contains(limit), "a page holds 1 to \(largestPage) incidents")
    let query = IncidentListQuery(organization, filter, sort: sort, limit: limit, after: after)
    return try connection.query(query.statement, query.values, row: incident)
  }

  /// How many incidents a filter lets through, counted up to `limit`.
  public static func count(
    _ organization: OrganizationID, _ filter: IncidentFilter, upTo limit: Int,
    on connection: isolated PostgresConnection
  ) throws -> Int64 {
    let query = IncidentListQuery(organization, filter, countingTo: limit)
    return try connection.query(query.statement, query.values) { try $0.int8(0) }.first ?? 0
  }

  /// Nil where the organization has none of that id.
  public static func item(
    _ organization: OrganizationID, _ id: IncidentID, on connection: isolated PostgresConnection
  ) throws -> Incident? {
    try connection.query(
      findItem, [.int4(organization.rawValue), id.value], row: incident
    ).first
  }

  public static func item(
    _ organization: OrganizationID, number: Int64, on connection: isolated PostgresConnection
  ) throws -> Incident? {
    try connection.query(
      findNumber, [.int4(organization.rawValue), .int8(number)], row: incident
    ).first
  }

  /// One page of the events that an incident rests on, in order of time.
  public static func evidence(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int, after: EventKey? = nil,
    on connection: isolated PostgresConnection
  ) throws -> [IncidentEvidence] {
    let after = after ?? EventKey(ts: .earliest, id: EventID(high: 0, low: 0))
    return try connection.query(
      findEvidence,
      [
        .int4(organization.rawValue), id.value, after.ts.value,
        .uuid(high: after.id.high, low: after.id.low), .int8(Int64(limit)),
      ]
    ) { row in
      let event = try row.uuid(1)
      return IncidentEvidence(
        event: EventKey(
          ts: Timestamp(microseconds: try row.timestamptz(0)),
          id: EventID(high: event.high, low: event.low)),
        ruleID: try row.text(2))
    }
  }

  /// One page of what was done to an incident, oldest first.
  ///
  /// - Parameter action: only entries of this kind, such as `commented`.
  public static func journal(
    _ organization: OrganizationID, _ id: IncidentID, action: String? = nil, limit: Int,
    after sequence: Int64 = 0, on connection: isolated PostgresConnection
  ) throws -> [IncidentJournalEntry] {
    try connection.query(
      findJournal,
      [
        .int4(organization.rawValue), id.value, .int8(sequence), .int8(Int64(limit)),
        .optionalText(action),
      ]
    ) { row in
      IncidentJournalEntry(
        sequence: try row.int8(0), incident: id,
        at: Timestamp(microseconds: try row.timestamptz(1)),
        actor: try row.text(2), action: try row.text(3), detail: try row.text(4),
        hash: try row.bytea(5))
    }
  }

  /// The first entry of the organization's journal that was changed or taken out; nil where it is
  /// whole. Reads all of it.
  public static func journalFault(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Int64? {
    try connection.query(findFault, [.int4(organization.rawValue)]) { try $0.optionalInt8(0) }
      .first.flatMap(\.self)
  }

  /// How many incidents stand in each status, by severity.
  public static func summary(
    _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> [(status: IncidentStatus, severity: IncidentSeverity, count: Int64)] {
    try connection.query(countAll, [.int4(organization.rawValue)]) { row in
      (try value(row.text(0)), try value(row.text(1)), try row.int8(2))
    }
  }
}
