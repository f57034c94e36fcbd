import Core
import Postgres
import RuleStore
import TestServers
import Testing

@Suite(.timeLimit(.minutes(5))) struct RuleChangeTests {
  @Test func aRuleIsMadeChangedAndDeleted() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    let made = try await database.put("a", "1", expecting: 0)
    #expect(made.record?.version == 1)
    #expect(made.record?.mode == .enabled)
    #expect(made.record?.isBase == false)
    #expect(made.record?.createdBy == "ann")
    let changed = try await database.put("a", "2", mode: .shadow, expecting: 1)
    #expect(changed.revision > made.revision)
    #expect(changed.record?.version == 2)
    #expect(changed.record?.mode == .shadow)
    #expect(try await store.record("a", database.ours) == changed.record)
    let gone = try await store.delete("a", organization: database.ours, actor: "bob", expecting: 2)
    #expect(gone.record == nil)
    #expect(try await store.record("a", database.ours) == nil)
    #expect(try await store.own(database.ours).rules.isEmpty)
    #expect(try await store.own(database.ours, at: made.revision).rules == [made.record])
    #expect(try await store.record("a", database.ours, version: 2)?.text == "2")
    #expect(try await database.put("a", "2").record?.version == 3)
    #expect(try await store.versions("a", database.ours).map(\.version) == [3, 2, 1])
    #expect(try await store.versions("a", database.ours, before: 3, limit: 1).map(\.version) == [2])
  }

  @Test func theSameDocumentMakesNoVersion() async throws {
    let database = try await RuleDatabase()
    let made = try await database.put("a", mode: .disabled)
    #expect(try await database.put("a", mode: .disabled) == made)
    #expect(try await database.put("a") == made)
    let mode = try await database.put("a", mode: .shadow)
    #expect(mode.revision > made.revision)
    #expect(mode.record?.version == 1)
    #expect(mode.record?.mode == .shadow)
    #expect(try await database.number("select count(*) from rule_revisions") == 2)
  }

  @Test func whoHasSeenAnotherVersionIsRefusedWithTheCurrentOne() async throws {
    let database = try await RuleDatabase()
    let none = await refusal { _ = try await database.put("a", expecting: 1) }
    #expect(none?.code == .versionConflict)
    #expect(none?.current == nil)
    _ = try await database.put("a", "1")
    let current = try await database.put("a", "2").record
    for seen in [Int32(0), 1, 3] {
      let error = await refusal { _ = try await database.put("a", "3", expecting: seen) }
      #expect(error?.code == .versionConflict)
      #expect(error?.current == current)
    }
    let error = await refusal {
      _ = try await database.store.delete(
        "a", organization: database.ours, actor: "ann", expecting: 1)
    }
    #expect(error?.code == .versionConflict)
    #expect(try await database.number("select count(*) from rule_revisions") == 2)
  }

  @Test func ofManyWhoChangeTheSameVersionOneWins() async throws {
    let database = try await RuleDatabase(connections: 8)
    _ = try await database.put("a", "0")
    for version in Int32(1)...10 {
      let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
        for writer in 0..<6 {
          group.addTask {
            do {
              _ = try await database.put("a", "\(version) by \(writer)", expecting: version)
              return true
            } catch let error as RuleStoreError where error.code == .versionConflict {
              return false
            }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(wins == 1)
      #expect(try await database.store.record("a", database.ours)?.version == version + 1)
    }
  }

  @Test func anOwnRuleStandsInPlaceOfTheInstallations() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.publish(["a": "base"])
    let refused = await refusal { _ = try await database.put("a", "own", expecting: 0) }
    #expect(refused?.current?.isBase == true)
    let own = try await database.put("a", "own", expecting: 1)
    #expect(own.record?.isBase == false)
    #expect(own.record?.version == 2)
    #expect(try await store.record("a", database.theirs)?.text == "base")
    // The installation's next version is no number that the organization has seen already.
    _ = try await database.publish(["a": "base 2"])
    #expect(try await store.base().rules.map(\.version) == [3])
    #expect(try await store.record("a", database.ours)?.text == "own")
    let versions = try await store.versions("a", database.ours)
    #expect(versions.map(\.version) == [3, 2, 1])
    #expect(versions.map(\.isBase) == [true, false, true])
    let deleted = try await store.delete("a", organization: database.ours, actor: "ann")
    #expect(deleted.record?.text == "base 2")
    #expect(try await store.record("a", database.ours, version: 1)?.text == "base")
    #expect(try await store.record("a", database.ours, version: 2)?.text == "own")
    #expect(try await store.record("a", database.theirs, version: 2) == nil)
  }

  @Test func anOrganizationChoosesModesForTheInstallationsRules() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.publish(["a": "1", "b": "1"])
    let change = try await store.setMode("a", .shadow, organization: database.ours, actor: "ann")
    #expect(change.record?.mode == .shadow)
    #expect(change.record?.isBase == true)
    #expect(try await store.own(database.ours).baseModes == ["a": .shadow])
    #expect(try await store.own(database.theirs).baseModes == [:])
    #expect(try await store.record("a", database.theirs)?.mode == .enabled)
    #expect(try await store.base().rules.map(\.mode) == [.enabled, .enabled])
    // It outlasts another version of the rule, and a document of its own in between.
    _ = try await database.publish(["a": "2", "b": "1"])
    #expect(try await store.record("a", database.ours)?.mode == .shadow)
    #expect(try await store.record("a", database.ours, version: 1)?.mode == .shadow)
    #expect(try await database.put("a", "own").record?.mode == .shadow)
    _ = try await store.setMode("a", .enabled, organization: database.ours, actor: "ann")
    #expect(try await store.record("a", database.ours)?.mode == .enabled)
    _ = try await store.delete("a", organization: database.ours, actor: "ann")
    #expect(try await store.record("a", database.ours)?.mode == .shadow)
    let back = try await store.setMode("a", .enabled, organization: database.ours, actor: "ann")
    #expect(try await store.own(database.ours).baseModes == [:])
    #expect(try await store.own(database.ours, at: change.revision).baseModes == ["a": .shadow])
    let same = try await store.setMode("a", .enabled, organization: database.ours, actor: "ann")
    #expect(same.revision == back.revision)
  }

  @Test func whatIsNotThereOrNotTheirsIsRefused() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.publish(["base": "1"])
    let mode = await refusal {
      _ = try await store.setMode("no", .shadow, organization: database.ours, actor: "ann")
    }
    #expect(mode?.code == .notFound)
    let deletion = await refusal {
      _ = try await store.delete("no", organization: database.ours, actor: "ann")
    }
    #expect(deletion?.code == .notFound)
    let base = await refusal {
      _ = try await store.delete("base", organization: database.ours, actor: "ann")
    }
    #expect(base?.code == .notAllowed)
    let organization = await refusal {
      _ = try await database.put("a", in: OrganizationID(4711))
    }
    #expect((organization?.code, organization?.field) == (.notFound, "organization"))
  }

  @Test func limitsNameTheFieldAndTheLimit() async throws {
    var limits = RuleLimits()
    limits.documents = 2
    limits.documentBytes = 100
    let database = try await RuleDatabase(limits: limits)
    let long = await refusal { _ = try await database.put("a", String(repeating: "x", count: 101)) }
    #expect(long?.code == .limitExceeded)
    #expect((long?.field, long?.limit) == ("source", 100))
    _ = try await database.put("a")
    _ = try await database.put("b", mode: .disabled)
    let many = await refusal { _ = try await database.put("c") }
    #expect((many?.field, many?.limit) == ("documents", 2))
    // What is there can be changed, theirs do not count, and a deleted one makes room.
    _ = try await database.put("a", "2")
    _ = try await database.put("c", in: database.theirs)
    _ = try await database.store.delete("b", organization: database.ours, actor: "ann")
    _ = try await database.put("c")
    for (field, id, text) in [
      ("id", "", "1"), ("id", "a\0", "1"), ("id", String(repeating: "i", count: 513), "1"),
      ("title", "d", "1"),
    ] {
      var document = RuleDocument.make(id, text)
      if field == "title" { document.title = "\0" }
      let made = document
      let error = await refusal {
        _ = try await database.store.put(made, organization: database.ours, actor: "ann")
      }
      #expect(error?.field == field)
    }
    let nobody = await refusal {
      _ = try await database.store.put(.make("d"), organization: database.ours, actor: "")
    }
    #expect((nobody?.code, nobody?.field) == (.invalid, "actor"))
  }

  @Test func theVersionsOfAnOrganizationAreBounded() async throws {
    var limits = RuleLimits()
    limits.versionBytes = 700
    let database = try await RuleDatabase(limits: limits)
    _ = try await database.put("a", "1")
    _ = try await database.put("a", "2")
    _ = try await database.store.delete("a", organization: database.ours, actor: "ann")
    let error = await refusal {
      _ = try await database.put("a", String(repeating: "x", count: 200))
    }
    #expect(error?.code == .limitExceeded)
    #expect((error?.field, error?.limit) == ("versions", 700))
    _ = try await database.put("a", "3", in: database.theirs)
  }

  @Test func eachChangeIsAnnounced() async throws {
    let database = try await RuleDatabase()
    let listener = PostgresListener(
      configuration: database.database.configuration, channels: [RuleStore.channel])
    var events = listener.notifications().makeAsyncIterator()
    #expect(await events.next() == .connected)
    _ = try await database.put("a", in: database.theirs)
    #expect(
      await events.next()
        == .notification(channel: "harrier_rules", payload: database.theirs.description))
    _ = try await database.put("a", in: database.theirs)
    _ = try await database.publish(["b": "1"])
    #expect(await events.next() == .notification(channel: "harrier_rules", payload: ""))
  }
}
