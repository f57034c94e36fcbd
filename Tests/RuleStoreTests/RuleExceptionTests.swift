import Core
import RuleStore
import Testing

@Suite(.timeLimit(.minutes(5))) struct RuleExceptionTests {
  static var soon: Timestamp { Timestamp.now.advanced(byMicroseconds: 3_600_000_000) }

  static func add(
    _ new: NewRuleException, _ database: RuleDatabase, in organization: OrganizationID? = nil
  ) async throws -> (revision: Int64, exception: RuleException) {
    try await database.store.addException(
      new, organization: organization ?? database.ours, actor: "ann")
  }

  @Test func anExceptionIsMadeReadAndEnded() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.put("a")
    let expiry = Self.soon
    let (revision, made) = try await Self.add(
      NewRuleException(
        ruleID: "a", entity: .init(type: "ip", value: "2001:DB8:0::1"),
        match: #"{"User|startswith": "svc", "EventID": [1, 2]}"#, reason: "scanner",
        expiresAt: expiry), database)
    #expect(made.ruleID == "a")
    #expect(made.entity == .init(type: "ip", value: "2001:db8::1"))
    #expect(made.match == #"{"EventID": [1, 2], "User|startswith": "svc"}"#)
    #expect((made.reason, made.createdBy, made.expiresAt) == ("scanner", "ann", expiry))
    #expect(try await store.own(database.ours).exceptions == [made])
    #expect(try await store.own(database.ours).revision == revision)
    #expect(try await store.own(database.ours, at: revision - 1).exceptions == [])

    let end = try await store.endException(made.id, organization: database.ours, actor: "bob")
    #expect(end > revision)
    #expect(try await store.own(database.ours).exceptions == [])
    #expect(try await store.own(database.ours, at: revision).exceptions == [made])
    #expect(try await store.endException(made.id, organization: database.ours, actor: "x") == end)
    #expect(try await store.exceptions(database.ours).isEmpty)
    let listed = try await store.exceptions(database.ours, includingEnded: true)
    #expect(listed.map(\.exception) == [made])
    #expect(listed.map(\.endedBy) == ["bob"])
    let actions = try await store.history(database.ours, ruleID: "a").map(\.change)
    #expect(actions.count == 3)
    #expect(actions[1].contains(#""action": "exception_added""#))
  }

  @Test func eachKindCanStandAlone() async throws {
    let database = try await RuleDatabase()
    _ = try await database.publish(["base": "1"])
    for new in [
      NewRuleException(ruleID: "base", reason: "r", expiresAt: Self.soon),
      NewRuleException(
        entity: .init(type: "host", value: "web-1"), reason: "r", expiresAt: Self.soon),
      NewRuleException(
        entity: .init(type: "user", value: "root"), reason: "r", expiresAt: Self.soon),
      NewRuleException(match: #"[{"a": "b"}]"#, reason: "r", expiresAt: Self.soon),
    ] {
      let made = try await Self.add(new, database).exception
      #expect(made.ruleID == new.ruleID)
      #expect(made.entity == new.entity)
      #expect(made.match == new.match)
    }
    let all = try await database.store.exceptions(database.ours)
    #expect(all.count == 4)
    let page = try await database.store.exceptions(
      database.ours, before: all[1].exception.id, limit: 1)
    #expect(page == [all[2]])
    #expect(try await database.store.exception(all[2].exception.id, database.ours) == all[2])
  }

  @Test func badExceptionsNameTheirField() async throws {
    let database = try await RuleDatabase()
    let ip = RuleException.Entity(type: "ip", value: "192.0.2.1")
    let cases: [(String, NewRuleException)] = [
      ("rule", NewRuleException(reason: "r", expiresAt: Self.soon)),
      ("rule", NewRuleException(ruleID: "no", reason: "r", expiresAt: Self.soon)),
      ("reason", NewRuleException(entity: ip, reason: "", expiresAt: Self.soon)),
      ("expires_at", NewRuleException(entity: ip, reason: "r", expiresAt: .now)),
      (
        "expires_at",
        NewRuleException(entity: ip, reason: "r", expiresAt: Timestamp(microseconds: .max))
      ),
      (
        "entity",
        NewRuleException(
          entity: .init(type: "ip", value: "web-1"), reason: "r", expiresAt: Self.soon)
      ),
      (
        "entity",
        NewRuleException(entity: .init(type: "pid", value: "1"), reason: "r", expiresAt: Self.soon)
      ),
      (
        "entity",
        NewRuleException(entity: .init(type: "host", value: ""), reason: "r", expiresAt: Self.soon)
      ),
      ("match", NewRuleException(match: "{", reason: "r", expiresAt: Self.soon)),
      ("match", NewRuleException(match: "7", reason: "r", expiresAt: Self.soon)),
      ("match", NewRuleException(match: #"{"a": "\u0000"}"#, reason: "r", expiresAt: Self.soon)),
    ]
    for (field, new) in cases {
      let error = await refusal { _ = try await Self.add(new, database) }
      #expect(error?.field == field, "\(new)")
    }
    #expect(try await database.number("select count(*) from rule_revisions") == 0)
  }

  @Test func theLimitCountsThoseThatHaveNotEnded() async throws {
    var limits = RuleLimits()
    limits.exceptions = 2
    limits.matchBytes = 20
    let database = try await RuleDatabase(limits: limits)
    let new = NewRuleException(match: "{}", reason: "r", expiresAt: Self.soon)
    let first = try await Self.add(new, database).exception
    _ = try await Self.add(new, database)
    _ = try await Self.add(new, database, in: database.theirs)
    let many = await refusal { _ = try await Self.add(new, database) }
    #expect(many?.code == .limitExceeded)
    #expect((many?.field, many?.limit) == ("exceptions", 2))
    // One that expired long ago makes room by itself.
    try await database.execute(
      "update rule_exceptions set created_at = now() - interval '3 h', "
        + "expires_at = now() - interval '2 h' where id = \(first.id)")
    let third = try await Self.add(new, database)
    let own = try await database.store.own(database.ours)
    #expect(own.exceptions.map(\.id) == [first.id + 1, third.exception.id])
    let listed = try await database.store.exceptions(database.ours, includingEnded: true)
    #expect(listed.map(\.endedBy) == [nil, nil, "expiry"])
    let long = await refusal {
      let match = #"{"a": "a long text, indeed"}"#
      _ = try await Self.add(
        NewRuleException(match: match, reason: "r", expiresAt: Self.soon), database)
    }
    #expect((long?.field, long?.limit) == ("match", 20))
  }

  @Test func countsHowOftenEachHeld() async throws {
    let database = try await RuleDatabase()
    let new = NewRuleException(match: "{}", reason: "r", expiresAt: Self.soon)
    let (a, b) = (
      try await Self.add(new, database).exception.id, try await Self.add(new, database).exception.id
    )
    #expect(try await database.store.exceptions(database.ours).map(\.held) == [0, 0])
    try await database.execute("select rules_exceptions_held(1, '{\(b),\(a),\(a)}', '{5,1,2}')")
    try await database.execute("select rules_exceptions_held(1, '{\(a)}', '{10}')")
    try await database.execute("select rules_exceptions_held(2, '{\(a)}', '{100}')")
    let listed = try await database.store.exceptions(database.ours)
    #expect(listed.map(\.held) == [5, 113])
    #expect(listed.allSatisfy { $0.lastHeldAt != nil })
  }
}
