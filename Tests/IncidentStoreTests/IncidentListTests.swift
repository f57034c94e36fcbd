import Core
import Correlation
import IncidentStore
import Postgres
import Testing

@Suite struct IncidentListTests {
  @Test(arguments: IncidentSort.Key.allCases, [true, false])
  func pagesShowEveryIncidentOnce(key: IncidentSort.Key, descending: Bool) async throws {
    let database = try await IncidentDatabase()
    for index in 0..<23 {
      _ = try await database.create(severity: IncidentSeverity.allCases[index % 4])
    }
    _ = try await database.create(in: database.theirs)
    let sort = IncidentSort(key, descending: descending)
    let whole = try await database.list(sort: sort)
    var paged: [Incident] = []
    var after: IncidentPosition?
    while true {
      let page = try await database.list(sort: sort, limit: 5, after: after)
      paged += page
      guard page.count == 5, let last = page.last else { break }
      after = IncidentPosition(after: last, sort)
    }
    #expect(whole.count == 23)
    #expect(paged.map(\.number) == whole.map(\.number))
    if key == .severity {
      let ranks = whole.map(\.severity)
      #expect(ranks == ranks.sorted { descending ? $0 > $1 : $0 < $1 })
    }
  }

  @Test func filtersNarrowTheList() async throws {
    let database = try await IncidentDatabase()
    let low = try await database.create("low", severity: .low, ip: "192.0.2.1", tags: ["vpn"])
    let high = try await database.create(
      "high", severity: .high, ip: "2001:db8::1", techniques: ["T1110.001"])
    _ = try await database.change(high) { $0.assignee = .person("bob") }
    func names(_ edit: (inout IncidentFilter) -> Void) async throws -> [String] {
      var filter = IncidentFilter()
      edit(&filter)
      return try await database.list(filter).map(\.title)
    }
    #expect(try await names { $0.severities = [.high, .critical] } == ["high"])
    #expect(try await names { $0.statuses = [.resolved] } == [])
    #expect(try await names { $0.assignee = .person("bob") } == ["high"])
    #expect(try await names { $0.assignee = .nobody } == ["low"])
    #expect(try await names { $0.technique = "T1110" } == ["high"])
    #expect(try await names { $0.technique = "T1110.001" } == ["high"])
    #expect(try await names { $0.technique = "T111" } == [])
    #expect(
      try await names { $0.entity = IncidentEntity(type: "ip", value: "192.0.2.1") } == ["low"])
    #expect(
      try await names { $0.entity = IncidentEntity(type: "ip", value: "2001:db8::1") } == ["high"])
    #expect(try await names { $0.tag = "vpn" } == ["low"])
    #expect(
      try await names { $0.updatedSince = low.updatedAt.advanced(byMicroseconds: 1) } == ["high"])
    #expect(try await names { $0.ruleID = "none" } == [])
    let ours = database.ours
    let counts = try await database.pool.withConnection { connection in
      (
        try IncidentQueries.count(ours, IncidentFilter(), upTo: 1, on: connection),
        try IncidentQueries.count(ours, IncidentFilter(), upTo: 100, on: connection),
        try IncidentTally.facets(ours, IncidentFilter(), on: connection).severities.map(\.incidents)
      )
    }
    #expect(counts.0 == 1 && counts.1 == 2 && counts.2 == [1, 1])
  }
}
