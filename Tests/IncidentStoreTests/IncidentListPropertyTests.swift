import Core
import Postgres
import Testing

@testable import IncidentStore

/// Whatever way a list is read in, it has the incidents that the filter lets through, in the list's order,
/// each once over all pages.
@Suite struct IncidentListPropertyTests {
  /// Limits that have every way taken with a hundred incidents.
  private static let limits = [
    IncidentListLimits.standard,
    IncidentListLimits(few: 0, counted: 1, walked: 10, changed: 1),
    IncidentListLimits(few: 1, counted: 1000, walked: 1000, changed: 1),
    IncidentListLimits(few: 1, counted: 1000, walked: 12, changed: 1000),
    IncidentListLimits(few: 5, counted: 30, walked: 40, changed: 40),
    IncidentListLimits(few: 1, counted: 10, walked: 40, changed: 40, reach: 1, near: .max),
    IncidentListLimits(few: 1, counted: 1000, walked: 40, changed: 40, reach: 3, near: 200),
    IncidentListLimits(few: 1, counted: 1000, walked: 3, changed: 40, reach: 1, near: .max),
  ]

  private static let tags = ["vpn", "vip"]
  private static let techniques = ["T1110.001", "T1110.003", "T1078"]

  private func fill(_ database: IncidentDatabase, _ random: inout SeededGenerator) async throws {
    for index in 0..<100 {
      let incident = try await database.create(
        index % 9 == 0 ? "Odd login" : "Burst of failures",
        severity: IncidentSeverity.allCases.randomElement(using: &random)!,
        ip: "192.0.2.\(Int.random(in: 0..<12, using: &random))",
        techniques: random.chance(40) ? [Self.techniques.randomElement(using: &random)!] : [],
        tags: random.chance(40) ? [Self.tags.randomElement(using: &random)!] : [])
      let status = [IncidentStatus.open, .acknowledged, .resolved].randomElement(using: &random)!
      guard status != .open else { continue }
      let isAnns = random.chance(50)
      _ = try await database.change(incident) {
        $0.status = status
        if status == .resolved { $0.verdict = .value(.falsePositive) }
        $0.assignee = isAnns ? .person("ann") : .person("bob")
      }
    }
    _ = try await database.create("Odd login", in: database.theirs)
    // Orders that are not that of creation.
    try await database.pool.withConnection { connection in
      try connection.executeScript(
        """
        update incidents
        set updated_at = created_at + (number * 7 % 13) * interval '1 minute',
          last_event_at = case when number % 3 = 0 then null
            else created_at - (number * 11 % 17) * interval '1 minute' end,
          rule_id = case when number % 4 = 0 then 'rule-a' when number % 4 = 1 then 'rule-b' end
        """)
    }
  }

  private func filter(_ all: [Incident], _ random: inout SeededGenerator) -> IncidentFilter {
    var filter = IncidentFilter()
    if random.chance(40) {
      filter.statuses = [[.open], [.open, .acknowledged], [.resolved], [.dismissed]]
        .randomElement(using: &random)!
    }
    if random.chance(30) {
      filter.severities = [[.high], [.low, .critical]].randomElement(using: &random)!
    }
    if random.chance(25) {
      filter.assignee = [.nobody, .person("ann"), .person("eve")].randomElement(using: &random)!
    }
    if random.chance(25) {
      filter.technique = ["T1110", "T1110.003"].randomElement(using: &random)!
    }
    if random.chance(20) { filter.tag = Self.tags.randomElement(using: &random)! }
    if random.chance(20) {
      filter.entity = IncidentEntity(
        type: "ip", value: "192.0.2.\(Int.random(in: 0..<13, using: &random))")
    }
    if random.chance(20) { filter.ruleID = ["rule-a", "rule-c"].randomElement(using: &random)! }
    if random.chance(15) { filter.verdicts = [.falsePositive] }
    if random.chance(20) { filter.text = ["odd", "burst failures"].randomElement(using: &random)! }
    if random.chance(15) { filter.createdSince = all.randomElement(using: &random)!.createdAt }
    if random.chance(20) { filter.updatedSince = all.randomElement(using: &random)!.updatedAt }
    return filter
  }

  @Test(arguments: [UInt64(1), 2, UInt64.random(in: 0...UInt64.max)])
  func everyWayFindsTheSame(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let database = try await IncidentDatabase()
    try await fill(database, &random)
    let all = try await database.list(limit: 500)
    #expect(all.count == 100)
    for _ in 0..<60 {
      let filter = filter(all, &random)
      let sort = IncidentSort(
        IncidentSort.Key.allCases.randomElement(using: &random)!, descending: random.chance(50))
      let expected = all.filter { $0.passes(filter) }.sorted { $0.precedes($1, sort) }
        .map(\.number)
      let size = Int.random(in: 1...30, using: &random)
      for limits in Self.limits {
        let found = try await pages(database, filter, sort, size, limits)
        #expect(found == expected, "seed \(seed), \(filter), \(sort), \(size), \(limits)")
      }
    }
  }

  /// As a dump is restored: where no schema is searched, and no trigger fires.
  @Test func masksOfTechniquesAreMadeWithoutASearchPath() async throws {
    let database = try await IncidentDatabase()
    _ = try await database.create("Burst of failures", techniques: ["T1078"])
    let masks = try await database.pool.withConnection { connection in
      try connection.executeScript(
        """
        set session_replication_role = replica;
        set search_path = '';
        update public.incidents set techniques = '{T1110.003}';
        reset search_path;
        reset session_replication_role;
        """)
      return try connection.query(
        PostgresStatement(
          "test.masks",
          """
          select technique_mask & technique_bit('T1110') <> 0
            and technique_mask & technique_bit('T1110.003') <> 0
          from incidents
          """)
      ) { try $0.bool(0) }
    }
    #expect(masks == [true])
  }

  private func pages(
    _ database: IncidentDatabase, _ filter: IncidentFilter, _ sort: IncidentSort, _ size: Int,
    _ limits: IncidentListLimits
  ) async throws -> [Int64] {
    try await database.asTenant { [ours = database.ours] connection in
      var (numbers, after): ([Int64], IncidentPosition?) = ([], nil)
      repeat {
        let page = try IncidentQueries.list(
          ours, filter, sort: sort, limit: size, after: after, limits: limits, on: connection)
        numbers += page.map(\.number)
        after = page.count == size ? page.last.map { IncidentPosition(after: $0, sort) } : nil
      } while after != nil && numbers.count < 1000
      return numbers
    }
  }
}

extension Incident {
  fileprivate func passes(_ filter: IncidentFilter) -> Bool {
    func isEmptyOr<T: Equatable>(_ wanted: [T], _ value: T?) -> Bool {
      wanted.isEmpty || wanted.contains { $0 == value }
    }
    let isAssigned =
      switch filter.assignee {
      case nil: true
      case .nobody?: assignee == nil
      case .person(let name)?: assignee == name
      }
    let words = "\(title) \(reason)".lowercased().split(separator: " ").map(String.init)
    return isAssigned && isEmptyOr(filter.statuses, status)
      && isEmptyOr(filter.severities, severity)
      && isEmptyOr(filter.verdicts, verdict)
      && (filter.technique.map { wanted in
        techniques.contains { $0 == wanted || $0.hasPrefix(wanted + ".") }
      } ?? true)
      && (filter.entity.map { entities.contains($0) } ?? true)
      && (filter.ruleID.map { $0 == rule?.id } ?? true)
      && (filter.tag.map { tags.contains($0) } ?? true)
      && (filter.text?.split(separator: " ").allSatisfy { words.contains(String($0)) } ?? true)
      && (filter.createdSince.map { createdAt >= $0 } ?? true)
      && (filter.updatedSince.map { updatedAt >= $0 } ?? true)
  }

  fileprivate func precedes(_ other: Incident, _ sort: IncidentSort) -> Bool {
    let (one, two) = (IncidentPosition(after: self, sort), IncidentPosition(after: other, sort))
    return sort.isDescending
      ? (one.value, one.number) > (two.value, two.number)
      : (one.value, one.number) < (two.value, two.number)
  }
}
