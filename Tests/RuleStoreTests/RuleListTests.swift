import Core
import RuleStore
import Testing

@Suite(.timeLimit(.minutes(5))) struct RuleListTests {
  @Test func filtersAndPagesWhatTheOrganizationHas() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    var documents = (0..<25).map { RuleDocument.make("base-\($0)") }
    documents[3].level = "low"
    documents[4].kind = .correlation
    documents[5].title = "ÄRGER with 100% CPU_load"
    _ = try await store.publish(documents, actor: "node")
    _ = try await database.put("base-7", "own")
    _ = try await database.put("Own", mode: .shadow)
    _ = try await database.put("theirs", in: database.theirs)
    _ = try await store.setMode("base-9", .disabled, organization: database.ours, actor: "ann")

    func ids(_ edit: (inout RuleFilter) -> Void) async throws -> [String] {
      var filter = RuleFilter()
      edit(&filter)
      return try await store.list(database.ours, filter).map(\.id)
    }
    var paged: [RuleSummary] = []
    while true {
      let page = try await store.list(database.ours, after: paged.last?.id, limit: 4)
      paged += page
      if page.count < 4 { break }
    }
    // By bytes: capital letters come before small ones.
    #expect(paged.map(\.id) == (documents.map(\.id) + ["Own"]).sorted())
    #expect(paged == (try await store.list(database.ours, limit: 1000)))
    #expect(paged.count { $0.id == "base-7" } == 1)
    #expect(try await ids { $0.isBase = false } == ["Own", "base-7"])
    #expect(try await ids { $0.isBase = true }.count == 24)
    #expect(try await ids { $0.modes = [.shadow, .disabled] } == ["Own", "base-9"])
    #expect(try await ids { $0.kinds = [.correlation] } == ["base-4"])
    #expect(try await ids { $0.levels = ["low", "medium"] } == ["base-3"])
    #expect(try await ids { $0.text = "ärger" } == ["base-5"])
    #expect(try await ids { $0.text = "0% cpu_" } == ["base-5"])
    #expect(try await ids { $0.text = "BASE-2" }.count == 6)
    #expect(try await ids { $0.text = "nothing" } == [])
    #expect(
      try await ids {
        $0.isBase = true
        $0.modes = [.disabled]
      } == ["base-9"])
  }

  @Test func tenantsDoNotSeeEachOthersRules() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.put("a", "secret")
    let exception = try await store.addException(
      NewRuleException(ruleID: "a", reason: "r", expiresAt: RuleExceptionTests.soon),
      organization: database.ours, actor: "ann"
    ).exception.id
    let theirs = database.theirs
    #expect(try await store.record("a", theirs) == nil)
    #expect(try await store.record("a", theirs, version: 1) == nil)
    #expect(try await store.versions("a", theirs).isEmpty)
    #expect(try await store.list(theirs).isEmpty)
    #expect(try await store.own(theirs) == OrganizationRules(organization: theirs, revision: 0))
    #expect(try await store.revision(of: theirs) == 0)
    #expect(try await store.history(theirs).isEmpty)
    #expect(try await store.history(theirs, ruleID: "a").isEmpty)
    #expect(try await store.exceptions(theirs, includingEnded: true).isEmpty)
    #expect(try await store.exception(exception, theirs) == nil)
    let mode = await refusal {
      _ = try await store.setMode("a", .disabled, organization: theirs, actor: "eve")
    }
    #expect(mode?.code == .notFound)
    let deletion = await refusal {
      _ = try await store.delete("a", organization: theirs, actor: "eve")
    }
    #expect(deletion?.code == .notFound)
    let end = await refusal {
      _ = try await store.endException(exception, organization: theirs, actor: "eve")
    }
    #expect(end?.code == .notFound)
    let about = await refusal {
      _ = try await store.addException(
        NewRuleException(ruleID: "a", reason: "r", expiresAt: RuleExceptionTests.soon),
        organization: theirs, actor: "eve")
    }
    #expect(about?.code == .notFound)
    // The same id is another rule for them, which starts from 1.
    let own = try await database.put("a", "ours", in: theirs, expecting: 0).record
    #expect(own?.version == 1)
    #expect(try await store.record("a", database.ours)?.text == "secret")
    #expect(try await store.own(database.ours).exceptions.map(\.id) == [exception])
  }

  @Test func theJournalOfARuleHasWhatConcernsIt() async throws {
    let database = try await RuleDatabase()
    let store = database.store
    _ = try await database.publish(["a": "1", "b": "1"])
    _ = try await database.put("c")
    _ = try await store.setMode("a", .shadow, organization: database.ours, actor: "ann")
    _ = try await store.setMode("a", .disabled, organization: database.theirs, actor: "eve")
    _ = try await database.publish(["b": "1"])
    let journal = try await store.history(database.ours, ruleID: "a")
    #expect(journal.map(\.actor) == ["node", "ann", "node"])
    #expect(journal.map(\.organization) == [nil, database.ours, nil])
    let all = try await store.history(database.ours)
    #expect(all.count == 4)
    let page = try await store.history(database.ours, before: all[1].revision, limit: 1)
    #expect(page == [all[2]])
    #expect(
      all[1].change
        == #"{"base": true, "from": "enabled", "mode": "shadow", "rule": "a", "action": "mode_set", "version": 1}"#
    )
  }
}
