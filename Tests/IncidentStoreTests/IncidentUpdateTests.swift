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
        $0.verdict = .benignPositive
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
        try IncidentQueries.journalFault(ours, on: connection)
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
        return try IncidentQueries.journalFault(ours, on: connection)
      }
      #expect(fault == place)
    }
  }

  @Test func aMergeIsALinkThatCanBeUndone() async throws {
    let database = try await IncidentDatabase()
    let one = try await database.create("one")
    let two = try await database.create("two")
    let ours = database.ours
    let merged = try await database.pool.withConnection { connection in
      try IncidentUpdates.merge(ours, [two.id], into: one.id, actor: "ann", on: connection)
    }
    #expect(merged.incident?.id == one.id)
    let after = try #require(try await database.list().first { $0.id == two.id })
    #expect(after.status == .merged && after.mergedInto == one.id)
    guard case .refused = try await database.change(after, { $0.status = .open }) else {
      Issue.record("a merged incident was changed")
      return
    }
    let split = try await database.pool.withConnection { connection in
      try IncidentUpdates.split(ours, two.id, actor: "ann", on: connection)
    }
    #expect(split.incident?.status == .open && split.incident?.mergedInto == nil)
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
