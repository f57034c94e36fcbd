import Core
import Correlation
import IncidentStore
import Postgres
import Testing

/// Lists, counts and facets by any filter in any order, against a plain pass over all incidents.
@Suite struct IncidentTermTests {
  @Test(arguments: 1...3)
  func everyFilterShowsWhatItShould(seed: UInt64) async throws {
    let database = try await IncidentDatabase()
    var random = SeededGenerator(seed: seed)
    var all: [Incident] = []
    for _ in 0..<60 { all.append(try await Self.incident(database, &random)) }
    for _ in 0..<80 {
      let filter = Self.filter(&random, all)
      let key = IncidentSort.Key.allCases.randomElement(using: &random)!
      let sort = IncidentSort(key, descending: Bool.random(using: &random))
      let wanted = all.filter { Self.lets($0, through: filter) }
      var (found, after): ([Incident], IncidentPosition?) = ([], nil)
      while true {
        let page = try await database.list(filter, sort: sort, limit: 7, after: after)
        found += page
        guard page.count == 7, let last = page.last else { break }
        after = IncidentPosition(after: last, sort)
      }
      #expect(Set(found.map(\.number)) == Set(wanted.map(\.number)), "\(filter)")
      #expect(found.count == wanted.count, "\(filter)")
      let places = found.map { IncidentPosition(after: $0, sort) }.map { [$0.value, $0.number] }
      let sorted = places.sorted { $0.lexicographicallyPrecedes($1) }
      #expect(places == (sort.isDescending ? sorted.reversed() : sorted))
      let ours = database.ours
      let (facets, total) = try await database.asTenant {
        (
          try IncidentTally.facets(ours, filter, on: $0),
          try IncidentTally.total(ours, filter, upTo: 1000, on: $0)
        )
      }
      #expect(facets.total == Int64(wanted.count) && facets.isComplete)
      #expect(total == (Int64(wanted.count), true))
      for status in IncidentStatus.allCases {
        let count = Int64(wanted.count { $0.status == status })
        #expect((facets.statuses.first { $0.value == status.rawValue }?.incidents ?? 0) == count)
      }
      let nobodys = facets.assignees.first { $0.value == nil }?.incidents ?? 0
      #expect(nobodys == Int64(wanted.count { $0.assignee == nil }))
    }
  }

  private static func incident(
    _ database: IncidentDatabase, _ random: inout SeededGenerator
  ) async throws -> Incident {
    var new = NewIncident(
      title: ["Brute force", "Odd login", "Malware"].randomElement(using: &random)!,
      reason: ["seen by hand", "many failed logins of root"].randomElement(using: &random)!,
      severity: IncidentSeverity.allCases.randomElement(using: &random)!)
    new.entities = [
      IncidentEntity(type: "host", value: ["DB-1", "web"].randomElement(using: &random)!),
      IncidentEntity(type: "ip", value: "192.0.2.\(Int.random(in: 1...3, using: &random))"),
    ]
    new.techniques = [["T1110.001"], ["T1110"], ["T1059"], []].randomElement(using: &random)!
    new.tags = [["vpn"], ["vpn", "night"], []].randomElement(using: &random)!
    new.assignee = ["ann@x.example", "bob@x.example", nil].randomElement(using: &random)!
    let (made, ours) = (new, database.ours)
    let incident = try await database.asTenant {
      try IncidentUpdates.create(ours, made, actor: "ann", on: $0)
    }
    let status = [IncidentStatus.open, .contained, .resolved, .dismissed]
      .randomElement(using: &random)!
    let verdict = IncidentVerdict.allCases.randomElement(using: &random)!
    guard status != .open else { return incident }
    return try #require(
      try await database.change(incident) {
        $0.status = status
        if status == .resolved { $0.verdict = .value(verdict) }
      }.incident)
  }

  private static func filter(
    _ random: inout SeededGenerator, _ all: [Incident]
  ) -> IncidentFilter {
    var filter = IncidentFilter()
    if random.chance(40) { filter.statuses = [.open, .contained] }
    if random.chance(20) { filter.statuses = [.resolved] }
    if random.chance(30) { filter.severities = [.high, .critical] }
    if random.chance(20) { filter.verdicts = [.falsePositive, .truePositive] }
    if random.chance(20) { filter.assignee = .nobody }
    if random.chance(20) { filter.assignee = .person("bob@x.example") }
    if random.chance(20) { filter.technique = "T1110" }
    if random.chance(20) { filter.entity = IncidentEntity(type: "host", value: "db-1") }
    if random.chance(10) { filter.entity = IncidentEntity(type: "ip", value: "192.0.2.2") }
    if random.chance(20) { filter.tag = "night" }
    if random.chance(20) { filter.text = "BRUTE, by hand" }
    if random.chance(10) { filter.text = "root logins" }
    if random.chance(20) { filter.createdSince = all[30].createdAt }
    if random.chance(20) { filter.updatedSince = all[40].updatedAt }
    return filter
  }

  private static func lets(_ incident: Incident, through filter: IncidentFilter) -> Bool {
    let said = Set(
      "\(incident.title) \(incident.reason)".lowercased().split(separator: " ").map(String.init))
    let words = (filter.text ?? "").lowercased().split(separator: " ")
      .map { $0.filter { $0 != "," } }.filter { $0.count >= 3 }
    return (filter.statuses.isEmpty || filter.statuses.contains(incident.status))
      && (filter.severities.isEmpty || filter.severities.contains(incident.severity))
      && (filter.verdicts.isEmpty || incident.verdict.map(filter.verdicts.contains) == true)
      && (filter.assignee != .nobody || incident.assignee == nil)
      && (filter.assignee != .person("bob@x.example") || incident.assignee == "bob@x.example")
      && (filter.technique == nil || incident.techniques.contains { $0.hasPrefix("T1110") })
      && filter.entity.map { wanted in
        incident.entities.contains {
          $0.type == wanted.type && $0.value.lowercased() == wanted.value.lowercased()
        }
      } != false
      && filter.tag.map(incident.tags.contains) != false
      && words.allSatisfy(said.contains)
      && filter.createdSince.map { incident.createdAt >= $0 } != false
      && filter.updatedSince.map { incident.updatedAt >= $0 } != false
  }

  @Test func textWithoutWordsFindsNothing() async throws {
    let database = try await IncidentDatabase()
    _ = try await database.create()
    var filter = IncidentFilter()
    filter.text = "a -- !"
    let asked = filter
    await #expect(throws: IncidentStoreError.self) { _ = try await database.list(asked) }
  }

  @Test func anotherOrganizationsTermsAreNotSeen() async throws {
    let database = try await IncidentDatabase()
    _ = try await database.create("theirs", in: database.theirs)
    let theirs = database.theirs
    let read = PostgresStatement(
      "test.terms",
      """
      select (select count(*) from incident_terms) + (select count(*) from incident_tally_changes)
      """)
    let counts = try await database.asTenant { try $0.query(read) { try $0.int8(0) } }
    let others = try await database.asTenant(theirs) { try $0.query(read) { try $0.int8(0) } }
    #expect(counts == [0] && others[0] > 5)
  }

  /// Many changes are folded into the counts, which stay right.
  @Test func countsAreFolded() async throws {
    let database = try await IncidentDatabase()
    let ours = database.ours
    _ = try await database.create()
    try await database.pool.withConnection {
      try $0.executeScript(
        """
        insert into incident_tally_changes
        select organization_id, status, severity, assignee, rule_id, verdict, n
        from incident_tally_changes, generate_series(1, 6000) i, (values (1), (-1)) as both_ways (n);
        """)
    }
    for _ in 0..<2 {
      let facets = try await database.asTenant {
        try IncidentTally.facets(ours, IncidentFilter(), on: $0)
      }
      #expect(facets.total == 1)
    }
    let left = PostgresStatement("test.left", "select count(*) from incident_tally_changes")
    let rows = try await database.pool.withConnection { try $0.query(left) { try $0.int8(0) } }
    #expect(rows == [0])
  }
}
