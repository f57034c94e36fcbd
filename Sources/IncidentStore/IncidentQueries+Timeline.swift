public import Core
public import Correlation
public import Postgres

/// A place in what happened to an incident: behind an event, or behind an entry of the journal, of that
/// moment. Of the same moment events come first.
public enum TimelinePosition: Sendable, Equatable {
  case event(EventKey)
  case entry(Timestamp, Int64)

  var at: Timestamp {
    switch self {
    case .event(let key): key.ts
    case .entry(let at, _): at
    }
  }
}

/// What happened: an event that the incident rests on, or what was done about it.
public enum TimelineItem: Sendable {
  case event(IncidentEvidence)
  case entry(IncidentJournalEntry)

  public var position: TimelinePosition {
    switch self {
    case .event(let evidence): .event(evidence.event)
    case .entry(let entry): .entry(entry.at, entry.sequence)
    }
  }
}

extension IncidentQueries {
  /// One page of the journal and the evidence of an incident in one order of time.
  public static func timeline(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int, after: TimelinePosition? = nil,
    on connection: isolated PostgresConnection
  ) throws -> [TimelineItem] {
    let last = EventID(high: .max, low: .max)
    let (event, sequence): (EventKey?, Int64) =
      switch after {
      case nil: (nil, 0)
      case .event(let key)?: (key, -1)
      case .entry(let at, let sequence)?: (EventKey(ts: at, id: last), sequence)
      }
    let events = try evidence(organization, id, limit: limit, after: event, on: connection)
    let entries = try connection.query(
      findEntries,
      [
        .int4(organization.rawValue), id.value, (after?.at ?? .earliest).value, .int8(sequence),
        .int8(Int64(limit)),
      ]
    ) { try entry($0, id) }
    var items: [TimelineItem] = []
    var (nextEvent, nextEntry) = (0, 0)
    while items.count < limit, nextEvent < events.count || nextEntry < entries.count {
      if nextEvent < events.count,
        nextEntry == entries.count || events[nextEvent].event.ts <= entries[nextEntry].at
      {
        items.append(.event(events[nextEvent]))
        nextEvent += 1
      } else {
        items.append(.entry(entries[nextEntry]))
        nextEntry += 1
      }
    }
    return items
  }

  static func entry(_ row: PostgresRow, _ id: IncidentID) throws -> IncidentJournalEntry {
    IncidentJournalEntry(
      sequence: try row.int8(0), incident: id,
      at: Timestamp(microseconds: try row.timestamptz(1)),
      actor: try row.text(2), action: try row.text(3), detail: try row.text(4),
      hash: try row.bytea(5), previous: try row.bytea(6))
  }

  /// Without the text of a comment that was withdrawn.
  private static let shownDetail = """
    case
      when action = 'commented' and exists (
        select
        from incident_journal back
        where back.organization_id = $1
          and back.incident_id = $2
          and back.action = 'comment_withdrawn'
          and back.sequence > incident_journal.sequence
          and back.detail ->> 'comment' = incident_journal.sequence::text)
      then (detail - 'comment')::text
      else detail::text end
    """
  private static let findEntries = PostgresStatement(
    "incidents.timeline_entries",
    """
    select \(entryColumns(detail: shownDetail))
    from incident_journal
    where organization_id = $1
      and incident_id = $2
      and (at, sequence) > ($3, $4)
      and at >= $3
    order by at, sequence
    limit $5
    """)
}
