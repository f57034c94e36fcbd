internal import ServiceHarness
internal import Testing

/// Rules that change while events come in, in the real service.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LiveRulesTests {
  private static let batch = 25
  private static let posters = 4

  /// What is in force from a revision on.
  private struct State {
    var revision: Int
    var version: Int
    var isDisabled = false
  }

  @Test("each event is matched by the rules of its batch's revision, and by those alone")
  func everyBatchHasOneRevision() async throws {
    try await Installation.with { installation in
      let ours = try await RuleOffice(installation, "ours")
      let theirs = try await RuleOffice(installation, "theirs")
      let first = try await ours.put(
        RuleOffice.rule("door", user: "door", note: "1"), id: "door", isNew: true)
      var states = [State(revision: first, version: 1)]
      try await withThrowingTaskGroup(of: Void.self) { group in
        let isOver = StopSign()
        for poster in 0..<Self.posters {
          group.addTask {
            while !isOver.isUp {
              let office = poster == 0 ? theirs : ours
              try await office.post(RuleOffice.logins("door", count: Self.batch))
            }
          }
        }
        states += try await Self.change(ours, batchesSeen: { try await Self.batches(installation) })
        isOver.raise()
        try await group.waitForAll()
      }
      try await Self.expectExact(states, installation)
    }
  }

  /// Another version, or another mode, each once some batches have come since the last one.
  private static func change(
    _ office: RuleOffice, batchesSeen: () async throws -> Int
  ) async throws -> [State] {
    var made: [State] = []
    var version = 1
    for step in 0..<8 {
      let seen = try await batchesSeen()
      while try await batchesSeen() < seen + 2 * posters {
        try await Task.sleep(for: .milliseconds(20))
      }
      switch step % 4 {
      case 1:
        made.append(
          State(
            revision: try await office.setMode("disabled", of: "door"), version: version,
            isDisabled: true))
      case 2:
        made.append(
          State(revision: try await office.setMode("shadow", of: "door"), version: version))
      default:
        version += 1
        let rule = RuleOffice.rule("door", user: "door", note: "\(version)")
        made.append(State(revision: try await office.put(rule, id: "door"), version: version))
      }
    }
    return made
  }

  private static func batches(_ installation: Installation) async throws -> Int {
    try await installation.database.number("select count(*) from ingest_batches")
  }

  /// By the ledger: what was stored under each revision, and what was found in it.
  private static func expectExact(
    _ states: [State], _ installation: Installation
  ) async throws {
    let rows = try await installation.database.rows(
      """
      select b.rules_revision, count(*), count(d.rule_id), coalesce(min(d.rule_version), 0),
        coalesce(max(d.rule_version), 0), count(distinct e.id)
      from ingest_batches b
      join organizations o on o.id = b.organization_id and o.slug = 'ours'
      join events e on e.organization_id = b.organization_id and e.batch_id = b.id
      left join detections d
        on d.organization_id = e.organization_id and d.ts = e.ts and d.event_id = e.id
          and d.rule_id = 'door'
      group by b.rules_revision
      order by b.rules_revision
      """
    ).map { try $0.map { try #require(Int($0)) } }
    #expect(rows.count == states.count, "batches came under each revision")
    for row in rows {
      let state = try #require(states.last { $0.revision == row[0] }, "an unknown revision")
      #expect(row[1] == row[5], "no event has two detections")
      #expect(row[2] == (state.isDisabled ? 0 : row[1]), "revision \(row[0])")
      #expect(
        state.isDisabled || (row[3] == state.version && row[4] == state.version),
        "revision \(row[0]) has version \(state.version)")
    }
    let others = try await installation.database.number(
      """
      select count(*)
      from detections d
      join organizations o on o.id = d.organization_id
      where o.slug = 'theirs' and d.rule_id = 'door'
      """)
    #expect(others == 0, "another organization's rule finds nothing")
    let stored = try await installation.database.number(
      """
      select count(*)
      from ingest_batches
      where received <> stored or rules_revision = 0
      """)
    #expect(stored == 0)
  }

  @Test("tests of rules are bounded, and a client that goes away leaves its place")
  func testsAreBounded() async throws {
    try await Installation.with { installation in
      let ours = try await RuleOffice(installation, "ours")
      for _ in 0..<20 { try await ours.post(RuleOffice.logins("door", count: 1000)) }
      try await ours.put(RuleOffice.rule("door", user: "door"), id: "door", isNew: true)
      let body = #"{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"}"#
      let request = HTTPRequest(
        "POST", "/api/rules/door/test",
        headers: [("Authorization", "Bearer \(ours.key)"), ("Content-Type", "application/json")],
        body: Array(body.utf8))
      async let one = installation.ask(request)
      async let other = installation.ask(request)
      let answers = try await [one, other].sorted { $0.status < $1.status }
      #expect(answers.map(\.status) == [200, 429], "one test of an organization at a time")
      #expect(answers[0].text.contains(#""read":20000"#))
      #expect(answers[1].header("Retry-After") == "5")
      let port = installation.port
      try await onOwnThread { try HTTPConnection(port: port).send(request.bytes) }
      var last = try await installation.ask(request)
      for _ in 0..<200 where last.status == 429 {
        try await Task.sleep(for: .milliseconds(100))
        last = try await installation.ask(request)
      }
      #expect(last.status == 200, "the place of the test whose client went away is free again")
      #expect(last.text.contains(#""detections":{"total":20000"#))
    }
  }
}
