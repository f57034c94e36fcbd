import Core
import RuleStore
import Testing

@Suite(.timeLimit(.minutes(5))) struct PublishingTests {
  @Test func whatDiffersGetsAVersionAndWhatIsMissingEnds() async throws {
    let database = try await RuleDatabase()
    let first = try await database.publish(["a": "1", "b": "1", "c": "1"])
    #expect((first.added, first.changed, first.removed) == (3, 0, 0))
    let second = try await database.publish(["a": "1", "b": "2", "d": "1"])
    #expect((second.added, second.changed, second.removed) == (1, 1, 1))
    #expect(second.revision > first.revision)

    let base = try await database.store.base()
    #expect(base.revision == second.revision)
    #expect(base.rules.map(\.id) == ["a", "b", "d"])
    #expect(base.rules.map(\.version) == [1, 2, 1])
    #expect(base.rules.map(\.text) == ["1", "2", "1"])
    #expect(base.rules.allSatisfy { $0.isBase && $0.mode == .enabled && $0.createdBy == "node" })
    #expect(base.rules[0].title == "Title of a")
    #expect(base.rules[0].level == "high")
    let before = try await database.store.base(at: first.revision)
    #expect(before.rules.map(\.id) == ["a", "b", "c"])
    #expect(before.rules.map(\.text) == ["1", "1", "1"])
  }

  @Test func theSameSetMakesNoRevision() async throws {
    let database = try await RuleDatabase()
    #expect(try await database.publish([:]).revision == 0)
    let first = try await database.publish(["a": "1", "b": "1"])
    _ = try await database.put("own")
    let again = try await database.publish(["b": "1", "a": "1"])
    #expect(again.isEmpty)
    #expect(again.revision == first.revision)
    #expect(try await database.number("select count(*) from rule_revisions") == 2)
  }

  @Test func aRuleThatComesBackNeverUsesAVersionTwice() async throws {
    let database = try await RuleDatabase()
    _ = try await database.publish(["a": "1"])
    _ = try await database.publish([:])
    _ = try await database.publish(["a": "1"])
    #expect(try await database.store.base().rules.map(\.version) == [2])
  }

  @Test func aTitleThatIsReadOtherwiseIsAChange() async throws {
    let database = try await RuleDatabase()
    var document = RuleDocument.make("a")
    _ = try await database.store.publish([document], actor: "node")
    document.title = "As a later version reads it"
    let made = try await database.store.publish([document], actor: "node")
    #expect((made.added, made.changed, made.removed) == (0, 1, 0))
  }

  @Test func nodesThatPublishTheSameAtOnceMakeOneChange() async throws {
    let database = try await RuleDatabase(connections: 8)
    for round in 1...10 {
      let documents = (0..<300).map { RuleDocument.make("rule-\($0)", "\(round)") }
      let made = try await withThrowingTaskGroup(of: RulePublication.self) { group in
        for node in 0..<6 {
          group.addTask {
            try await database.store.publish(documents, actor: "node-\(node)")
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(made.map(\.revision)).count == 1)
      #expect(made.count { !$0.isEmpty } == 1)
      #expect(try await database.number("select count(*) from rule_revisions") == Int64(round))
    }
  }

  @Test func limitsAndTwoOfOneIDAreRefused() async throws {
    var limits = RuleLimits()
    limits.publishedDocuments = 3
    limits.publishedBytes = 200
    let database = try await RuleDatabase(limits: limits)
    let many = await refusal {
      _ = try await database.publish(["a": "", "b": "", "c": "", "d": ""])
    }
    #expect(many?.code == .limitExceeded)
    #expect((many?.field, many?.limit) == ("documents", 3))
    let long = await refusal {
      _ = try await database.publish(["a": String(repeating: "x", count: 200)])
    }
    #expect((long?.field, long?.limit) == ("source", 200))
    let twice = await refusal {
      _ = try await database.store.publish([.make("a"), .make("a", "2")], actor: "node")
    }
    #expect(twice?.code == .invalid)
    #expect(twice?.message.contains("\"a\"") == true)
    #expect(try await database.number("select count(*) from rule_revisions") == 0)
  }

  @Test func theJournalSaysWhatWasPublished() async throws {
    let database = try await RuleDatabase()
    _ = try await database.publish(["a": "1", "b": "1"])
    let journal = try await database.store.history(database.theirs)
    #expect(journal.count == 1)
    #expect(journal[0].organization == nil)
    #expect(journal[0].actor == "node")
    #expect(
      journal[0].change == #"{"added": 2, "action": "published", "changed": 0, "removed": 0}"#)
  }
}
