import Core
import Correlation
import IncidentStore
import Postgres
import Testing

@Suite struct IncidentUpdateTests {
  @Test func numbersCountUpInEachOrganization() async throws {
    let database = try await IncidentDatabase()
    let first = try await database.create()
    let second = try await database.create()
    let other = try await database.create(in: database.theirs)
    #expect([first.number, second.number, other.number] == [1, 2, 1])
    #expect(second.name == "INC-2")
    #expect(first.revision == 1 && first.status == .open && first.rule == nil)
  }

  @Test func aStaleRevisionChangesNothingAndShowsThePresent() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let changed = try #require(
      try await database.change(incident, revision: 1) { $0.status = .acknowledged }.incident)
    #expect(changed.status == .acknowledged && changed.revision == 2)
    let late = try await database.change(incident, revision: 1) { $0.status = .contained }
    #expect(late == .stale(changed))
  }

  @Test func resolvingNeedsAVerdict() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let refused = try await database.change(incident) { $0.status = .resolved }
    guard case .refused(let problems, let current) = refused else {
      Issue.record("was not refused: \(refused)")
      return
    }
    #expect(problems.map(\.pointer) == ["/verdict"])
    #expect(current == incident)
    let resolved = try #require(
      try await database.change(incident) {
        $0.status = .resolved
        $0.verdict = .value(.benignPositive)
      }.incident)
    #expect(resolved.resolvedAt != nil && resolved.verdict == .benignPositive)
    let reopened = try #require(
      try await database.change(resolved) { $0.status = .open }.incident)
    #expect(reopened.resolvedAt == nil && reopened.verdict == nil)
  }

  @Test func theStatusMachineIsKept() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let dismissed = try #require(
      try await database.change(incident) { $0.status = .dismissed }.incident)
    guard
      case .refused(let problems, _) = try await database.change(
        dismissed, { $0.status = .contained })
    else {
      Issue.record("a dismissed incident became contained")
      return
    }
    #expect(problems.map(\.pointer) == ["/status"])
  }

  @Test func anotherOrganizationsIncidentIsNotThere() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let result = try await database.change(incident, in: database.theirs) { $0.status = .contained }
    #expect(result == .notFound)
    let theirs = database.theirs
    let read = try await database.pool.withConnection { connection in
      (
        try IncidentQueries.item(theirs, incident.id, on: connection),
        try IncidentQueries.journal(theirs, incident.id, limit: 10, on: connection)
      )
    }
    #expect(read.0 == nil && read.1.isEmpty)
  }

  @Test func theJournalTellsWhoDidWhatAndCannotBeChangedUnseen() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    _ = try await database.change(incident) { $0.assignee = .person("bob") }
    _ = try await database.change(incident) { $0.comment = #"looks "odd""# }
    let ours = database.ours
    let (entries, whole) = try await database.pool.withConnection { connection in
      (
        try IncidentQueries.journal(ours, incident.id, limit: 10, on: connection),
        try IncidentJournal.verify(ours, page: 2, on: connection).fault?.sequence
      )
    }
    #expect(entries.map(\.action) == ["created", "updated", "commented"])
    #expect(entries[1].detail == #"{"assignee": {"to": "bob", "from": null}}"#)
    #expect(entries[2].detail == #"{"comment": "looks \"odd\""}"#)
    #expect(entries.allSatisfy { $0.actor == "ann" && $0.hash.count == 32 })
    #expect(whole == nil)
    for (tampering, place) in [
      ("update incident_journal set actor = 'eve' where sequence = 2", 2),
      (
        "update incident_journal set actor = 'ann' where sequence = 2; delete from incident_journal where sequence = 3",
        3
      ),
    ] as [(String, Int64)] {
      let fault = try await database.pool.withConnection { connection in
        try connection.executeScript(tampering)
        return try IncidentJournal.verify(ours, page: 2, on: connection).fault?.sequence
      }
      #expect(fault == place)
    }
  }

  @Test func aChangeThatChangesNothingIsNone() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create("odd", tags: ["vpn"])
    let same = try await database.change(incident) {
      $0.title = "odd"
      $0.tags = ["vpn"]
      $0.assignee = .nobody
    }
    #expect(same == .changed(incident))
  }

  @Test func theFirstChangeOfStatusIsRemembered() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    #expect(incident.acknowledgedAt == nil)
    let contained = try #require(
      try await database.change(incident) { $0.status = .contained }.incident)
    let at = try #require(contained.acknowledgedAt)
    let open = try #require(try await database.change(contained) { $0.status = .open }.incident)
    let again = try #require(
      try await database.change(open) { $0.status = .acknowledged }.incident)
    #expect(open.acknowledgedAt == at && again.acknowledgedAt == at)
  }

  @Test func aVerdictHasItsReasonAndCanBeTakenAway() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let judged = try #require(
      try await database.change(incident) {
        $0.status = .resolved
        $0.verdict = .value(.falsePositive)
        $0.verdictReason = .value("a scanner of ours")
      }.incident)
    #expect(judged.verdictReason == "a scanner of ours")
    guard case .refused = try await database.change(judged, { $0.verdict = .nothing }) else {
      Issue.record("a resolved incident lost its verdict")
      return
    }
    let open = try #require(try await database.change(judged) { $0.status = .open }.incident)
    #expect(open.verdict == nil && open.verdictReason == nil)
  }

  @Test func ofChangesAtTheSameTimeOneWins() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    let results = try await withThrowingTaskGroup(of: IncidentChangeResult.self) { group in
      for index in 0..<12 {
        group.addTask {
          try await database.change(incident, revision: 1) { $0.title = "by \(index)" }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let winners = results.compactMap(\.incident)
    #expect(winners.count == 1)
    for case .stale(let current) in results { #expect(current.revision >= 1) }
    let ours = database.ours
    let report = try await database.pool.withConnection {
      try IncidentJournal.verify(ours, on: $0)
    }
    #expect(report.entries == 2 && report.fault == nil)
  }

  @Test func eachOfSeveralIsChangedForItself() async throws {
    let database = try await IncidentDatabase()
    let one = try await database.create("one")
    let two = try await database.create("two")
    let three = try await database.create("three")
    _ = try await database.change(two) { $0.status = .dismissed }
    let theirs = try await database.create(in: database.theirs)
    var change = IncidentChange()
    change.status = .contained
    let (made, ours) = (change, database.ours)
    let items: [IncidentReference] = [
      IncidentReference(.id(one.id)), IncidentReference(.number(2)),
      IncidentReference(.number(3), revision: 9), IncidentReference(.number(77)),
      IncidentReference(.id(theirs.id)),
    ]
    let results = try await database.asTenant {
      try IncidentUpdates.change(ours, items, made, actor: "ann", on: $0)
    }
    #expect(results[0].incident?.status == .contained)
    if case .refused = results[1] {} else { Issue.record("\(results[1])") }
    #expect(results[2] == .stale(three))
    #expect(results[3] == .notFound && results[4] == .notFound)
  }

  @Test func followersAreToldOfEachChange() async throws {
    let database = try await IncidentDatabase()
    let incident = try await database.create()
    _ = try await database.change(incident) { $0.status = .acknowledged }
    let read = PostgresStatement(
      "test.outbox", "select topic || ' ' || (payload ->> 'revision') from outbox order by id")
    let rows = try await database.pool.withConnection { connection in
      try connection.query(read) { try $0.text(0) }
    }
    #expect(rows == ["incidents 1", "incidents 2"])
  }
}
