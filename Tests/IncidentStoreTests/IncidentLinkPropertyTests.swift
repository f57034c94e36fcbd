import Core
import Correlation
import IncidentStore
import Postgres
import Testing

/// Whatever people do in whatever order, links lead in one step to what is not merged, the journal's
/// chain is whole, and an incident shows as many events as it lists.
@Suite struct IncidentLinkPropertyTests {
  @Test(arguments: 1...6)
  func everySequenceLeavesAForest(seed: UInt64) async throws {
    let database = try await IncidentDatabase()
    var random = SeededGenerator(seed: seed)
    let events = IncidentDatabase.events(30)
    var incidents: [Incident] = []
    for index in 0..<7 {
      let incident = try await database.create("incident \(index)")
      try await database.cite(
        events.filter { _ in Bool.random(using: &random) }, in: incident, rule: "rule \(index % 3)")
      incidents.append(incident)
    }
    let ours = database.ours
    var sequences: [(Incident, Int64)] = []
    for _ in 0..<40 {
      let target = incidents.randomElement(using: &random)!
      let others = incidents.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
      let result: IncidentLinks.Result
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: result = try await database.run(LinkRequests().merge(Array(others), into: target))
      case 4..<6: result = try await database.run(LinkRequests().split(Array(others), from: target))
      case 6..<8:
        guard let (incident, sequence) = sequences.randomElement(using: &random) else { continue }
        result = try await database.run(LinkRequests().undo(incident, sequence))
      case 8:
        let shown = try await database.evidence(of: target.id).map(\.event.id)
        let taken = shown.shuffled(using: &random).prefix(3)
        guard !taken.isEmpty else { continue }
        result = try await database.asTenant {
          try IncidentLinks.split(
            ours, events: Array(taken), from: target.id, title: "part", actor: "ann", on: $0)
        }
        if case .changed(let new, _) = result, !incidents.contains(where: { $0.id == new.id }) {
          incidents.append(new)
        }
      default:
        // Correlation merges, too, whatever people have linked.
        guard let other = others.first, other.id != target.id else { continue }
        try await database.pool.withConnection { connection in
          try IncidentWriter(organization: ours).apply(
            [.merge(target.id, into: other.id)], on: connection)
        }
        continue
      }
      if case .changed(_, let sequence?) = result { sequences.append((target, sequence)) }
      try await check(database, incidents)
    }
    let report = try await database.pool.withConnection {
      try IncidentJournal.verify(ours, page: 16, on: $0)
    }
    #expect(report.fault == nil && report.entries > 10)
  }

  private func check(_ database: IncidentDatabase, _ incidents: [Incident]) async throws {
    let present = try await database.list(sort: IncidentSort(.number))
    let byID = Dictionary(uniqueKeysWithValues: present.map { ($0.id, $0) })
    #expect(Set(present.map(\.number)).count == present.count)
    for incident in present {
      #expect((incident.status == .merged) == (incident.mergedInto != nil))
      if let parent = incident.mergedInto { #expect(byID[parent]?.mergedInto == nil) }
      let evidence = try await database.evidence(of: incident.id)
      #expect(Int64(evidence.count) == incident.eventCount)
      #expect(Set(evidence.map(\.event)).count == evidence.count)
    }
  }
}
