import Core
import Correlation
import Correlator
import Postgres
import Testing

/// What a change of rules does to incidents, and what it leaves alone.
@Suite struct RuleChangeTests {
  private let database: CorrelationDatabase
  private let organization: OrganizationID
  private let rulebook = TestRulebook()
  private let observer = RecordingObserver()
  private let correlator: Correlator

  init() async throws {
    database = try await CorrelationDatabase()
    organization = try await database.makeOrganization("a")
    try await database.change(rulebook, try Self.rules())
    correlator = Correlator(
      CorrelatorConfiguration(owner: "one", lateness: 0), pool: database.pool,
      rules: rulebook.provider, observer: observer)
  }

  /// One correlation, `burst`, and the plain rule `change`.
  private static func rules(
    version: Int32 = 1, title: String = "Burst", atLeast count: Int = 3, by group: String = "user",
    burst: Bool = true, raises: Bool = true
  ) throws -> CorrelationPlanSet {
    let plan = try CorrelationPlan(
      ruleID: "burst", version: version, title: title, severity: .medium, raises: raises,
      timespan: 2 * TestRules.minute, groupNames: [group],
      steps: [CorrelationPlan.Step(ruleID: "fail", groupFields: [group])],
      condition: .eventCount(.atLeast(count)))
    let plain = try CorrelationPlan(
      ruleID: "change", title: "Change", severity: .low, timespan: TestRules.minute,
      groupNames: [], steps: [], condition: .always)
    return CorrelationPlanSet(
      families: burst ? [CorrelationFamily([plan])] : [], plainRules: [plain])
  }

  private func commit(
    _ seconds: ClosedRange<Int64>, rule: String = "fail", excepted: [String] = []
  ) async throws {
    let detections = seconds.map { second in
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + second * 1_000_000)
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(second))), ruleID: rule,
        fields: ["user": "ann", "host": "web"], user: "ann", excepted: excepted)
    }
    try await database.commit(detections, organization)
  }

  /// Rule, version, first fire, last moment and events of all incidents, with their state.
  private func incidents() async throws -> [String] {
    #expect(observer.failed.isEmpty)
    return try await database.strings(
      """
      select format('%s %s %s: %s…%s, %s', rule_id, rule_version, correlation,
        extract(epoch from first_fire_at)::bigint - 1700000000,
        extract(epoch from last_hold_at)::bigint - 1700000000, event_count)
      from incidents where organization_id = $1 order by number
      """, organization)
  }

  @Test(arguments: [true, false])
  func aHigherThresholdLeavesIncidentsAndCountsWhatCameBefore(late: Bool) async throws {
    try await commit(0...3)
    if !late { try await correlator.runOnce() }
    try await database.change(rulebook, try Self.rules(version: 2, atLeast: 6), organization)
    try await commit(10...10)
    if !late { try await correlator.runOnce() }
    try await commit(11...12)
    try await correlator.runOnce()
    #expect(
      try await incidents() == ["burst 1 live: 2…3, 4", "burst 2 live: 11…12, 7"])
  }

  @Test(arguments: [true, false])
  func aLateEventOfTheNewRulesDoesNotTouchEarlierIncidents(late: Bool) async throws {
    try await commit(0...3)
    if !late { try await correlator.runOnce() }
    try await database.change(rulebook, try Self.rules(version: 2, by: "host"))
    if !late { try await correlator.runOnce() }
    try await commit(1...1, rule: "other")
    try await commit(60...60)
    try await correlator.runOnce()
    #expect(
      try await incidents() == ["burst 1 live: 2…3, 4", "burst 2 live: 60…60, 5"])
  }

  @Test func anotherTitleGoesOnWithTheSameIncident() async throws {
    try await commit(0...3)
    try await correlator.runOnce()
    try await database.change(rulebook, try Self.rules(version: 2, title: "Other"))
    try await commit(4...5)
    try await correlator.runOnce()
    #expect(try await incidents() == ["burst 1 live: 2…5, 6"])
  }

  @Test(arguments: [true, false])
  func aRuleThatWasAwayBeginsAnew(late: Bool) async throws {
    try await commit(0...3)
    if !late { try await correlator.runOnce() }
    try await database.change(rulebook, try Self.rules(burst: false), organization)
    try await commit(4...20)
    if !late { try await correlator.runOnce() }
    try await database.change(rulebook, try Self.rules(), organization)
    try await commit(30...31)
    try await correlator.runOnce()
    #expect(
      try await incidents() == ["burst 1 live: 2…3, 4", "burst 1 live: 30…31, 23"])
  }

  @Test func aShadowRaisesNothingUntilItIsEnabled() async throws {
    try await database.change(rulebook, try Self.rules(raises: false), organization)
    try await commit(0...3)
    try await correlator.runOnce()
    #expect(try await incidents() == [])
    try await database.change(rulebook, try Self.rules(), organization)
    try await correlator.runOnce()
    #expect(try await incidents() == [])
    try await commit(10...10)
    try await correlator.runOnce()
    #expect(try await incidents() == ["burst 1 live: 10…10, 5"])
  }

  @Test func anExceptionKeepsADetectionOutOfWhatItNamesAlone() async throws {
    try await commit(0...1)
    try await commit(2...9, excepted: ["burst"])
    try await commit(20...20, rule: "change", excepted: ["burst"])
    try await commit(21...22, rule: "change", excepted: ["change"])
    try await correlator.runOnce()
    #expect(try await incidents() == ["change 1 live: 20…20, 1"])
    try await commit(30...30)
    // Also where the past is read again.
    let restarted = Correlator(
      CorrelatorConfiguration(owner: "one", lateness: 0), pool: database.pool,
      rules: rulebook.provider, observer: observer)
    try await restarted.runOnce()
    #expect(
      try await incidents() == ["change 1 live: 20…20, 1", "burst 1 live: 30…30, 3"])
  }

  @Test func aRevisionOfOthersMovesNothing() async throws {
    let other = try await database.makeOrganization("b")
    try await commit(0...3)
    try await database.change(rulebook, try Self.rules(burst: false), other)
    try await commit(4...5)
    try await correlator.runOnce()
    #expect(try await incidents() == ["burst 1 live: 2…5, 6"])
  }

  /// A change whose heads are behind what was already read, since others commit while it waits.
  @Test func commitsOfOthersDoNotHoldUpAChange() async throws {
    try await database.commit([], organization, writer: "w")
    let revision = try await database.changeRules(organization)
    rulebook.change(try Self.rules(version: 2, atLeast: 1), organization, at: revision)
    try await commit(0...0)
    try await correlator.runOnce()
    #expect(try await incidents() == ["burst 2 live: 0…0, 1"])
  }

  /// A window that time closed before its rule went away raises its incident, however late that is
  /// looked at; one that was still open then raises none, though it would have closed since.
  @Test(arguments: [(100, 0), (10, 1)])
  func timeStopsForTheOldRulesAtTheirEnd(secondsAgo: Int, incidents: Int64) async throws {
    let absence = try CorrelationPlan(
      ruleID: "absence", title: "Absence", severity: .high, timespan: TestRules.minute,
      groupNames: ["user"],
      steps: ["login", "logout"].map { .init(ruleID: $0, groupFields: ["user"]) },
      condition: .extended(.and([.rule(0), .not(.rule(1))])))
    let before = CorrelationPlanSet(families: [CorrelationFamily([absence])], plainRules: [])
    try await database.change(rulebook, before)
    try await commit(0...0, rule: "login")
    try await database.change(rulebook, try Self.rules(), organization)
    try await database.run(
      """
      update detections set received_at = now() - interval '150 seconds';
      update rule_revisions set created_at = now() - interval '\(secondsAgo) seconds'
      where revision = (select max(revision) from rule_revisions);
      """)
    try await correlator.runOnce()
    #expect(
      try await database.number(
        "select count(*) from incidents where organization_id = $1", organization) == incidents)
  }
}
