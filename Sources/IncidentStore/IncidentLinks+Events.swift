public import Core
public import Correlation
public import Postgres

extension IncidentLinks {
  /// Puts some of an incident's events into a new one. They are links in both: correlation goes on with
  /// the first as if nothing had happened, which no longer shows them.
  ///
  /// - Parameter events: at most `mostEvents`, of those that the incident shows.
  /// - Returns: the new incident, and the entry of the first one's journal.
  public static func split(
    _ organization: OrganizationID, events: [EventID], from target: IncidentID, title: String,
    ifRevision revision: Int32? = nil, actor: String, on connection: isolated PostgresConnection
  ) throws -> Result {
    precondition(events.count <= mostEvents, "a split takes at most \(mostEvents) events")
    return try connection.transaction {
      let work = try LinkWork(organization, target, actor, on: connection)
      guard let master = work.master else { return .notFound(nil) }
      if let done = try splitBefore(events, work, on: connection) { return done }
      if let revision, revision != master.revision { return .stale(master) }
      guard master.mergedInto == nil else {
        let detail = "\(master.name) is merged itself: split the one that it is merged into"
        return .refused([.notAllowed("", detail)], current: master)
      }
      let shown = try connection.query(
        findShown, [work.tenant, target.value, .uuidArray(events.map { ($0.high, $0.low) })]
      ) { row in
        let id = try row.uuid(0)
        return EventID(high: id.high, low: id.low)
      }
      let known = Set(shown)
      let problems = events.enumerated().filter { !known.contains($0.element) }.prefix(20).map {
        FieldError.notAllowed("/events/\($0.offset)", "the incident shows no event \($0.element)")
      }
      guard problems.isEmpty else { return .refused(Array(problems), current: master) }
      let id = IncidentID(firstFire: .now)
      let reason = "split off \(master.name): \(master.title)"
      try connection.execute(
        insertSplit, [work.tenant, id.value, target.value, .text(title), .text(reason)])
      let values: [PostgresValue] = [
        work.tenant, target.value, .uuidArray(events.map { ($0.high, $0.low) }), id.value,
      ]
      try connection.execute(copyLinks, values)
      try connection.execute(hideLinks, values)
      try work.touchOwners(ofEventsIn: [id], on: connection)
      try connection.execute(
        recount, [work.tenant, id.value, .int4(IncidentEntity.most)])
      let detail = [
        ("reason", JSONText.string(reason)), ("split_from", JSONText.string(target.description)),
      ]
      try work.journal(id, "created", detail, on: connection)
      let members = try work.load([id], on: connection)
      let finished = try work.finish(
        "split_events", "split_events",
        [
          ("into", JSONText.string(id.description)),
          ("events", JSONText.array(events.map { JSONText.string($0.description) })),
        ], members: members, on: connection)
      guard case .changed(_, let sequence) = finished else { return finished }
      return .changed(
        try IncidentUpdates.present(organization, id, on: connection), sequence: sequence)
    }
  }

  /// The answer of the same split before.
  private static func splitBefore(
    _ events: [EventID], _ work: LinkWork, on connection: isolated PostgresConnection
  ) throws -> Result? {
    guard let last = try work.last("split_events", on: connection), let into = last.members.first
    else { return nil }
    let taken = try connection.query(findTaken, [work.tenant, into.value]) { row in
      let id = try row.uuid(0)
      return EventID(high: id.high, low: id.low)
    }
    guard Set(taken) == Set(events) else { return nil }
    let incident = try IncidentUpdates.present(work.organization, into, on: connection)
    return .changed(incident, sequence: last.sequence)
  }

  /// The rows of evidence of the incident and of those merged into it: $2 is the incident, $3 are events,
  /// whose ids say in which millisecond they happened.
  private static let shownLinks = """
    from (
        select event, to_timestamp(('x' || left(replace(event::text, '-', ''), 12))::bit(48)::bigint
          / 1000.0) as millisecond
        from unnest($3::uuid[]) event
      ) wanted
      cross join lateral (
        select id
        from incidents
        where organization_id = $1 and (id = $2 or merged_into = $2)
      ) family
      join incident_events e
        on e.organization_id = $1
          and e.incident_id = family.id
          and e.ts >= wanted.millisecond
          and e.ts < wanted.millisecond + interval '1 ms'
          and e.event_id = wanted.event
      where not exists (
        select
        from incident_splits s
        where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
    """
  private static let findShown = PostgresStatement(
    "incidents.shown_events", "select distinct e.event_id\n\(shownLinks)")
  private static let insertSplit = PostgresStatement(
    "incidents.create_split",
    """
    with counter as (
      update incident_counters
      set last_number = last_number + 1
      where organization_id = $1
      returning last_number)
    insert into incidents (
      organization_id, id, number, title, reason, severity, tactics, techniques)
    select $1, $2, last_number, $4, $5, severity, tactics, techniques
    from counter, incidents
    where organization_id = $1 and id = $3
    """)
  private static let copyLinks = PostgresStatement(
    "incidents.link_events",
    """
    insert into incident_events (organization_id, ts, incident_id, event_id, rule_id)
    select distinct on (e.ts, e.event_id) $1, e.ts, $4, e.event_id, e.rule_id
    \(shownLinks)
    order by e.ts, e.event_id, e.rule_id
    """)
  private static let hideLinks = PostgresStatement(
    "incidents.hide_events",
    """
    insert into incident_splits (organization_id, ts, incident_id, event_id, into_incident)
    select $1, e.ts, e.incident_id, e.event_id, $4
    \(shownLinks)
    on conflict do nothing
    """)
  private static let recount = PostgresStatement(
    "incidents.recount_split", "select incident_recount($1, $2, $3)")
  private static let findTaken = PostgresStatement(
    "incidents.taken_events",
    """
    select distinct event_id
    from incident_splits
    where organization_id = $1 and into_incident = $2
    """)
}
