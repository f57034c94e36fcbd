import Core
import Correlation
import Postgres
import RuleStore
import TestServers
import Testing

@testable import Rulebook

/// A rulebook on the database.
@Suite struct StoredRulesTests {
  private struct House {
    let database: TestDatabase
    let store: RuleStore
    let organization: OrganizationID

    init() async throws {
      let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
      database = try await SharedPostgres.shared().database(migrations: "\(root)/Migrations")
      let pool = database.pool()
      store = RuleStore(pool: pool)
      let make = PostgresStatement(
        "test.organization", "insert into organizations (slug, name) values ('o', 'o') returning id"
      )
      organization = try await pool.withConnection { connection in
        OrganizationID(try connection.query(make) { try $0.int4(0) }[0])
      }
    }

    func publish(_ texts: String...) async throws {
      let documents = texts.map { Book.record($0) }.map {
        RuleDocument(id: $0.id, kind: $0.kind, title: $0.title, level: $0.level, source: $0.source)
      }
      _ = try await store.publish(documents, actor: "test")
    }

    func put(_ text: String) async throws -> Int64 {
      let record = Book.record(text)
      let document = RuleDocument(
        id: record.id, kind: record.kind, title: record.title, level: record.level, source: text)
      return try await store.put(document, organization: organization, actor: "test").revision
    }
  }

  @Test func theStateOfEachRevisionIsRead() async throws {
    let house = try await House()
    let book = Rulebook(store: house.store)
    #expect(try await book.current(house.organization).revision == 0)
    try await house.publish(Book.rule("a", "user: root"), Book.rule("b", "user: root"))
    let first = try await house.store.revision(of: house.organization)
    let second = try await house.put(Book.rule("a", "user: admin"))
    let third = try await house.store.setMode(
      "b", .shadow, organization: house.organization, actor: "test"
    ).revision
    let hits = { (revision: Int64) in
      try await book.rules(of: house.organization, at: revision).hitIDs(("user", "root"))
    }
    #expect(try await hits(third) == ["b"])
    #expect(try await hits(second) == ["b"])
    #expect(try await hits(first) == ["a", "b"])
    let rules = try await book.rules(of: house.organization, at: third)
    #expect(rules.revision == third)
    #expect(rules.record("b")?.mode == .shadow)
    #expect(rules.record("a")?.isBase == false)
    #expect(rules.plans.plainRules.keys.sorted() == ["a"])
  }

  @Test func revisionsOfSeveralAreReadTogether() async throws {
    let house = try await House()
    let nobody = OrganizationID(99)
    let both = [house.organization, nobody]
    #expect(try await house.store.revisions(of: both) == [house.organization: 0, nobody: 0])
    #expect(try await house.store.revisions(of: []) == [:])
    try await house.publish(Book.rule("a", "user: root"))
    let own = try await house.put(Book.rule("own", "user: root"))
    let found = try await house.store.revisions(of: both)
    #expect(found[house.organization] == own)
    #expect(try await found[nobody] == house.store.baseRevision())
  }

  @Test func exceptionsOfTheStoreHold() async throws {
    let house = try await House()
    try await house.publish(Book.rule("a", "user: root"))
    let now = Timestamp.now
    _ = try await house.store.addException(
      NewRuleException(
        ruleID: "a", entity: .init(type: "host", value: "LAB"),
        match: #"{"user|startswith": "r"}"#,
        reason: "test", expiresAt: now.advanced(byMicroseconds: 60_000_000)),
      organization: house.organization, actor: "test")
    let rules = try await Rulebook(store: house.store).current(house.organization)
    #expect(rules.refusals.isEmpty)
    let event = Book.event([("user", "root"), ("host", "lab")])
    #expect(rules.hits(event, receivedAt: now).map(\.excepted) == [["a"]])
  }

  @Test(.timeLimit(.minutes(10))) func aChangeIsFollowedByItsNotification() async throws {
    let house = try await House()
    var limits = RulebookLimits()
    limits.pollInterval = .seconds(600)
    let book = Rulebook(
      store: house.store, listening: house.database.configuration, limits: limits)
    let organization = house.organization
    _ = try await book.current(organization)
    let run = Task { await book.run() }
    let own = try await house.put(Book.rule("own", "user: root"))
    while try await book.current(organization).revision != own {
      try await Task.sleep(for: .milliseconds(5))
    }
    try await house.publish(Book.rule("a", "user: root"))
    while try await book.current(organization).revision == own {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await book.current(organization).hitIDs(("user", "root")) == ["a", "own"])
    run.cancel()
    await run.value
  }
}
