import Core
import Correlation
import IncidentStore
import Postgres
import Testing

@Suite struct IncidentLinkTests {
  @Test func aMergeIsALinkThatCanBeUndone() async throws {
    let database = try await IncidentDatabase()
    let one = try await database.create("one")
    let two = try await database.create("two")
    let contained = try #require(try await database.change(two) { $0.status = .contained }.incident)
    let (master, sequence) = try await database.merge([contained], into: one)
    #expect(master.id == one.id)
    let merged = try await database.item(two.id)
    #expect(merged.status == .merged && merged.mergedInto == one.id)
    guard case .refused = try await database.change(merged, { $0.status = .open }) else {
      Issue.record("a merged incident was changed")
      return
    }
    _ = try await database.undo(one, try #require(sequence))
    let free = try await database.item(two.id)
    #expect(free.status == .contained && free.mergedInto == nil)
  }

  @Test func theSameMergeTwiceIsTheSameAnswer() async throws {
    let database = try await IncidentDatabase()
    let one = try await database.create("one")
    let two = try await database.create("two")
    let first = try await database.merge([two], into: one)
    let second = try await database.merge([two], into: one)
    #expect(first.0 == second.0 && first.1 == second.1)
    _ = try await database.undo(one, try #require(first.1))
    let undone = try await database.item(one.id)
    _ = try await database.undo(one, try #require(first.1))
    #expect(try await database.item(one.id) == undone)
  }

  @Test func thereAreNoChainsAndNoCycles() async throws {
    let database = try await IncidentDatabase()
    let (a, b, c) = (
      try await database.create("a"), try await database.create("b"), try await database.create("c")
    )
    _ = try await database.merge([b], into: a)
    #expect(try await database.refusal { $0.merge([c], into: b) } != nil)
    #expect(try await database.refusal { $0.merge([b], into: c) } != nil)
    #expect(try await database.refusal { $0.merge([a], into: a) } != nil)
    // What is merged into it comes along, and goes back with it.
    let (_, sequence) = try await database.merge([a], into: c)
    #expect(try await database.item(b.id).mergedInto == c.id)
    _ = try await database.undo(c, try #require(sequence))
    #expect(try await database.item(b.id).mergedInto == a.id)
    #expect(try await database.item(a.id).status == .open)
  }

  @Test func onlyTheLastLinkIsUndone() async throws {
    let database = try await IncidentDatabase()
    let (a, b, c) = (
      try await database.create("a"), try await database.create("b"), try await database.create("c")
    )
    let first = try #require(try await database.merge([b], into: a).1)
    let second = try #require(try await database.merge([c], into: a).1)
    let refusal = try await database.refusal { $0.undo(a, first) }
    #expect(refusal?.contains("entry \(second)") == true)
    _ = try await database.undo(a, second)
    _ = try await database.undo(a, first)
    #expect(try await database.item(b.id).status == .open)
  }

  @Test func whatCorrelationMergedNoPersonUndoes() async throws {
    let database = try await IncidentDatabase()
    let (a, b) = (try await database.create("a"), try await database.create("b"))
    let ours = database.ours
    try await database.pool.withConnection { connection in
      try connection.executeScript("update incidents set correlation = 'live'")
      try IncidentWriter(organization: ours).apply([.merge(b.id, into: a.id)], on: connection)
    }
    #expect(try await database.item(b.id).mergedInto == a.id)
    let split = try await database.refusal { $0.split([b], from: a) }
    #expect(split?.contains("correlation merged INC-2") == true)
    let undo = try await database.refusal { $0.undo(a, 3) }
    #expect(undo?.contains("correlation") == true)
  }

  /// Correlation's decision about two incidents.
  private func correlate(_ one: Incident, into other: Incident, in database: IncidentDatabase)
    async throws
  {
    let ours = database.ours
    try await database.pool.withConnection { connection in
      try IncidentWriter(organization: ours).apply([.merge(one.id, into: other.id)], on: connection)
    }
  }

  @Test func whatCorrelationMergedIntoAnIncidentGoesWithIt() async throws {
    let database = try await IncidentDatabase()
    let (b, d) = (try await database.create("b"), try await database.create("d"))
    let (y, z) = (try await database.create("y"), try await database.create("z"))
    try await correlate(z, into: b, in: database)
    let merge = try #require(try await database.merge([b], into: d).1)
    // It comes to the same incident while that is merged.
    try await correlate(y, into: z, in: database)
    func places() async throws -> [IncidentID?] {
      var places: [IncidentID?] = []
      for incident in [b, y, z] {
        places.append(try await database.item(incident.id).mergedInto)
      }
      return places
    }
    #expect(try await places() == [d.id, d.id, d.id])
    guard case .changed(_, let split?) = try await database.run(LinkRequests().split([b], from: d))
    else {
      Issue.record("the split was refused")
      return
    }
    #expect(try await places() == [nil, b.id, b.id])
    _ = try await database.undo(d, split)
    #expect(try await places() == [d.id, d.id, d.id])
    _ = try await database.undo(d, merge)
    #expect(try await places() == [nil, b.id, b.id])
  }

  @Test func whatCorrelationMergedElsewhereGoesThere() async throws {
    let database = try await IncidentDatabase()
    let (a, p, c) = (
      try await database.create("a"), try await database.create("p"), try await database.create("c")
    )
    _ = try await database.merge([a], into: p)
    try await correlate(a, into: c, in: database)
    #expect(try await database.item(a.id).mergedInto == p.id)
    guard case .changed(_, let split?) = try await database.run(LinkRequests().split([a], from: p))
    else {
      Issue.record("the split was refused")
      return
    }
    let there = try await database.item(a.id)
    #expect(there.mergedInto == c.id && there.status == .merged)
    // A client that heard no answer asks again.
    guard case .changed(_, split) = try await database.run(LinkRequests().split([a], from: p))
    else {
      Issue.record("the same split was refused")
      return
    }
    #expect(try await database.refusal { $0.split([a], from: c) }?.contains("correlation") == true)
    _ = try await database.undo(p, split)
    #expect(try await database.item(a.id).mergedInto == p.id)
  }

  /// What a person had merged into an incident follows it to where correlation has put it since.
  @Test func whatCameAlongIsGivenBackWithoutAChain() async throws {
    let database = try await IncidentDatabase()
    let (z, b) = (try await database.create("z"), try await database.create("b"))
    let (d, c) = (try await database.create("d"), try await database.create("c"))
    _ = try await database.merge([z], into: b)
    let merge = try #require(try await database.merge([b], into: d).1)
    #expect(try await database.item(z.id).mergedInto == d.id)
    try await correlate(b, into: c, in: database)
    _ = try await database.undo(d, merge)
    #expect(try await database.item(b.id).mergedInto == c.id)
    #expect(try await database.item(z.id).mergedInto == c.id)
    #expect(try await database.item(c.id).mergedInto == nil)
  }

  /// A person merged them the other way round: what the person chose stays what is shown.
  @Test func correlationMakesNoCycle() async throws {
    let database = try await IncidentDatabase()
    let (a, b, c) = (
      try await database.create("a"), try await database.create("b"), try await database.create("c")
    )
    _ = try await database.merge([b, c], into: a)
    let ours = database.ours
    try await database.pool.withConnection { connection in
      try connection.executeScript("update incidents set correlation = 'live'")
      try IncidentWriter(organization: ours).apply([.merge(a.id, into: b.id)], on: connection)
    }
    #expect(try await database.item(a.id).status == .open)
    #expect(try await database.item(b.id).mergedInto == a.id)
    let d = try await database.create("d")
    try await database.pool.withConnection { connection in
      try connection.executeScript("update incidents set correlation = 'live'")
      try IncidentWriter(organization: ours).apply([.merge(a.id, into: d.id)], on: connection)
    }
    for child in [a, b, c] { #expect(try await database.item(child.id).mergedInto == d.id) }
  }

  /// Whoever shows several, or a part of one, tells when the first and the last of what it shows happened;
  /// whose events were put elsewhere has another revision.
  @Test func timesAreThoseOfTheEventsThatAreShown() async throws {
    let database = try await IncidentDatabase()
    let (a, b) = (try await database.create("a"), try await database.create("b"))
    let events = IncidentDatabase.events(10)
    try await database.cite(Array(events[2..<6]), in: a)
    try await database.cite(Array(events[0..<4] + events[8..<10]), in: b)
    _ = try await database.merge([b], into: a)
    func span(_ incident: Incident) async throws -> [Timestamp?] {
      let found = try await database.item(incident.id)
      let listed = try #require(try await database.list().first { $0.id == incident.id })
      #expect(listed.lastEventAt == found.lastEventAt && listed.eventCount == found.eventCount)
      return [found.firstEventAt, found.lastEventAt]
    }
    #expect(try await span(a) == [events[0].ts, events[9].ts])
    let before = try await database.item(b.id)
    guard
      case .changed(let part, let sequence?) = try await database.run(
        LinkRequests().split(events: [events[0], events[9]].map(\.id), from: a))
    else {
      Issue.record("the split was refused")
      return
    }
    #expect(try await span(part) == [events[0].ts, events[9].ts])
    #expect(try await span(a) == [events[1].ts, events[8].ts])
    #expect(try await span(b) == [events[1].ts, events[8].ts])
    let between = try await database.item(b.id)
    #expect(between.revision > before.revision && between.eventCount == 4)
    _ = try await database.undo(a, sequence)
    #expect(try await span(b) == [events[0].ts, events[9].ts])
    #expect(try await database.item(b.id).revision > between.revision)
  }

  @Test func evidenceOfTheMergedCountsOnce() async throws {
    let database = try await IncidentDatabase()
    let (a, b) = (try await database.create("a"), try await database.create("b"))
    let events = IncidentDatabase.events(20)
    try await database.cite(Array(events[0..<12]), in: a, rule: "x")
    try await database.cite(Array(events[8..<20]), in: b, rule: "y")
    _ = try await database.merge([b], into: a)
    #expect(try await database.item(a.id).eventCount == 20)
    let evidence = try await database.evidence(of: a.id)
    #expect(evidence.map(\.event) == events)
    #expect(evidence[9].ruleIDs == ["x", "y"])
    // What joins the merged one later joins what is shown, which is a new revision.
    let before = try await database.item(a.id).revision
    try await database.cite(
      IncidentDatabase.events(3, from: Timestamp("2026-03-06T00:00:00Z")!), in: b)
    let after = try await database.item(a.id)
    #expect(after.eventCount == 23 && after.revision == before + 1)
  }

  @Test func eventsAreSplitOffAsLinks() async throws {
    let database = try await IncidentDatabase()
    let a = try await database.create("a", severity: .high, techniques: ["T1110"])
    let events = IncidentDatabase.events(10)
    try await database.cite(events, in: a)
    let ours = database.ours
    let taken = events[2..<5].map(\.id)
    func split() async throws -> IncidentLinks.Result {
      try await database.asTenant {
        try IncidentLinks.split(
          ours, events: taken, from: a.id, title: "other", actor: "ann", on: $0)
      }
    }
    guard case .changed(let other, let sequence?) = try await split() else {
      Issue.record("the split was refused")
      return
    }
    #expect(other.title == "other" && other.severity == .high && other.techniques == ["T1110"])
    #expect(other.eventCount == 3 && other.number == 2)
    #expect(try await database.item(a.id).eventCount == 7)
    #expect(try await database.evidence(of: a.id).count == 7)
    #expect(try await database.evidence(of: other.id).map(\.event.id) == taken)
    #expect(try await split() == .changed(other, sequence: sequence))
    _ = try await database.undo(a, sequence)
    #expect(try await database.item(a.id).eventCount == 10)
    #expect(try await database.item(other.id).mergedInto == a.id)
    let unknown = try await database.asTenant {
      try IncidentLinks.split(
        ours, events: [EventID(high: 1, low: 1)], from: a.id, title: "x", actor: "ann", on: $0)
    }
    if case .refused = unknown {} else { Issue.record("\(unknown)") }
  }

  @Test func anotherOrganizationsIncidentIsNotMerged() async throws {
    let database = try await IncidentDatabase()
    let a = try await database.create("a")
    let theirs = try await database.create(in: database.theirs)
    let ours = database.ours
    let result = try await database.asTenant {
      try IncidentLinks.merge(
        ours, [IncidentReference(.id(theirs.id))], into: a.id, actor: "ann", on: $0)
    }
    #expect(result == .notFound(0))
  }
}
