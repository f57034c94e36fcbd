import Core
import Correlation
import IncidentStore
import Postgres
import Testing

@Suite struct IncidentHistoryTests {
  @Test func aCommentIsWithdrawnAndNeverChanged() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let ours = database.ours
    let comment = try #require(
      try await database.asTenant {
        try IncidentComments.add(ours, incident.id, "looks odd", actor: "ann", on: $0)
      })
    #expect(comment.text == "looks odd" && comment.author == "ann" && comment.withdrawal == nil)
    func withdraw(_ actor: String, anyone: Bool = false) async throws -> IncidentComments.Result {
      try await database.asTenant {
        try IncidentComments.withdraw(
          ours, incident.id, comment.sequence, reason: "wrong incident", actor: actor,
          anyone: anyone, on: $0)
      }
    }
    guard case .notAuthor = try await withdraw("bob") else {
      Issue.record("bob withdrew what ann said")
      return
    }
    guard case .done(let withdrawn) = try await withdraw("bob", anyone: true),
      case .done(let again) = try await withdraw("ann")
    else {
      Issue.record("it was not withdrawn")
      return
    }
    #expect(withdrawn.text == nil && withdrawn.withdrawal?.reason == "wrong incident")
    #expect(again == withdrawn)
    let (list, journal) = try await database.asTenant {
      (
        try IncidentComments.list(ours, incident.id, limit: 10, on: $0),
        try IncidentQueries.journal(ours, incident.id, limit: 10, on: $0)
      )
    }
    #expect(list == [withdrawn])
    #expect(journal.map(\.action) == ["created", "commented", "comment_withdrawn"])
    #expect(journal[1].previous == journal[0].hash)
  }

  @Test func theTimelineHasEverythingOnceInOrder() async throws {
    let database = try await IncidentDatabase()
    var incident = try await database.create()
    let events = IncidentDatabase.events(11, from: .now.advanced(byMicroseconds: -3_000_000))
    try await database.cite(events, in: incident)
    for index in 0..<8 {
      incident = try #require(
        try await database.change(incident) { $0.title = "title \(index)" }.incident)
    }
    let (id, ours) = (incident.id, database.ours)
    for limit in [1, 4, 100] {
      var (items, after): ([TimelineItem], TimelinePosition?) = ([], nil)
      while true {
        let from = after
        let page = try await database.asTenant {
          try IncidentQueries.timeline(ours, id, limit: limit, after: from, on: $0)
        }
        items += page
        after = page.last?.position
        if page.count < limit { break }
      }
      let times = items.map { item in
        switch item.position {
        case .event(let key): key.ts
        case .entry(let at, _): at
        }
      }
      #expect(items.count == 20)
      #expect(times == times.sorted())
    }
  }

  @Test func relatedLeavesOutWhatEverybodyHas() async throws {
    let database = try await IncidentDatabase()
    let one = try await database.create("one", ip: "192.0.2.1", techniques: ["T1110"])
    let two = try await database.create("two", ip: "192.0.2.1", techniques: ["T1110"])
    _ = try await database.create("three", ip: "192.0.2.9")
    let ours = database.ours
    func related() async throws -> RelatedIncidents {
      try await database.asTenant {
        try IncidentQueries.related(ours, to: one, limit: 10, on: $0)
      }
    }
    #expect(try await related().items.map(\.incident.id) == [two.id])
    let similar = try await database.asTenant {
      try IncidentQueries.similar(ours, to: one, limit: 10, on: $0)
    }
    #expect(similar.map(\.incident.id) == [two.id] && similar[0].score == 0.5)
    let copy = """
      insert into incident_terms
      select organization_id, created_at, 1000 + n, kind, value
      from incident_terms, generate_series(1, 300) n
      where kind = 'ip' and value = '192.0.2.1' and number = 1
      """
    try await database.pool.withConnection { try $0.executeScript(copy) }
    let guarded = try await related()
    #expect(guarded.items.isEmpty)
    #expect(guarded.stopValues == [IncidentEntity(type: "ip", value: "192.0.2.1")])
  }

  @Test func citedEventsOutliveTheirMonth() async throws {
    let database = try await IncidentDatabase()
    let open = try await database.create("open")
    let closed = try await database.create("closed")
    let events = IncidentDatabase.events(5)
    try await database.store(events)
    try await database.cite(Array(events[0..<3]), in: open)
    try await database.cite(Array(events[3..<5]), in: closed)
    _ = try await database.change(closed) { $0.status = .dismissed }
    let from = Timestamp("2026-03-01T00:00:00Z")!
    let to = Timestamp("2026-04-01T00:00:00Z")!
    let copied = try await database.pool.withConnection {
      let first = try IncidentPins.pinMonth(from: from, to: to, on: $0)
      return [first, try IncidentPins.pinMonth(from: from, to: to, on: $0)]
    }
    #expect(copied == [3, 0])
    try await database.pool.withConnection {
      try $0.executeScript(
        """
        alter table events detach partition events_2026_03;
        drop table events_2026_03;
        alter table detections detach partition detections_2026_03;
        drop table detections_2026_03;
        """)
    }
    let ours = database.ours
    let evidence = try await database.evidence(of: open.id)
    let detections = try await database.asTenant {
      try IncidentQueries.detections(ours, of: evidence, on: $0)
    }
    #expect(detections.map(\.event) == Array(events[0..<3]))
    let pinned = PostgresStatement(
      "test.pinned", "select id from pinned_events order by ts")
    let ids = try await database.asTenant { try $0.query(pinned) { try $0.uuid(0).low } }
    #expect(ids == events[0..<3].map(\.id.low))
  }

  @Test func theFirstChangePinsWhatIsCited() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let events = IncidentDatabase.events(5)
    try await database.store(events)
    try await database.cite(events, in: incident)
    let (ours, id) = (database.ours, incident.id)
    try await database.asTenant { connection in
      try IncidentPins.pinFirst(ours, id, limit: 3, on: connection)
      try IncidentPins.pinFirst(ours, id, limit: 3, on: connection)
    }
    let count = PostgresStatement("test.count", "select count(*) from pinned_events")
    #expect(try await database.asTenant { try $0.query(count) { try $0.int8(0) } } == [3])
    #expect(try await database.asTenant { try IncidentPins.pin(ours, id, on: $0) } == 2)
  }
}

extension IncidentDatabase {
  /// Puts events and their detections into a month of their own.
  func store(_ events: [EventKey]) async throws {
    let ids = events.map { "('\($0.ts)'::timestamptz, '\($0.id)'::uuid)" }.joined(separator: ", ")
    try await pool.withConnection { [ours] connection in
      try connection.executeScript(
        """
        create table events_2026_03 partition of events
        for values from ('2026-03-01 00:00:00Z') to ('2026-04-01 00:00:00Z');
        create table detections_2026_03 partition of detections
        for values from ('2026-03-01 00:00:00Z') to ('2026-04-01 00:00:00Z');
        insert into events (ts, received_at, id, organization_id, severity, source_type, batch_id, raw)
        select ts, ts, id, \(ours), 3, 'linux.sshd', 1, convert_to('{"a":1}', 'UTF8')
        from (values \(ids)) as given (ts, id);
        insert into detections (
          ts, received_at, event_id, organization_id, rule_version, writer_id, ordinal, writer_seq,
          severity, rule_id, level, source_type, fields, matched)
        select ts, ts, id, \(ours), 1, 1, 1, 1, 3, 'rule', 'high', 'linux.sshd', '{}', '[]'
        from (values \(ids)) as given (ts, id);
        """)
    }
  }
}
