import RuleStore
import Testing

/// Several documents as one change, and changes that hold only for the rules they were judged by.
@Suite struct SeveralTests {
  private func put(
    _ documents: [RuleDocument], mode: RuleMode? = nil, basedOn basis: Int64? = nil,
    in database: RuleDatabase
  ) async throws -> RuleChanges {
    let effective = try await database.store.revision(of: database.ours)
    return try await database.store.put(
      documents, mode: mode, organization: database.ours, actor: "ann",
      basedOn: basis ?? effective)
  }

  @Test func severalAreOneRevision() async throws {
    let database = try await RuleDatabase()
    _ = try await database.publish(["base": "1"])
    _ = try await database.put("a", mode: .shadow)
    let made = try await put(
      [.make("a", "2"), .make("b"), .make("base", "ours")], in: database)
    #expect(made.records.map(\.id) == ["a", "b", "base"])
    #expect(made.records.map(\.version) == [2, 1, 2])
    #expect(made.records.map(\.mode) == [.shadow, .enabled, .enabled])
    #expect(made.records.map(\.isBase) == [false, false, false])
    #expect(try await database.store.revision(of: database.ours) == made.revision)
    let entry = try #require(
      try await database.store.history(database.ours, limit: 1).first)
    #expect(entry.revision == made.revision)
    #expect(entry.change.contains(#""rules""#))
  }

  @Test func whatIsStoredAlreadyIsNoChange() async throws {
    let database = try await RuleDatabase()
    let made = try await put([.make("a"), .make("b")], in: database)
    #expect(try await put([.make("a"), .make("b")], in: database) == made)
    let moved = try await put([.make("a"), .make("b", "2")], mode: .disabled, in: database)
    #expect(moved.revision > made.revision)
    #expect(moved.records.map(\.version) == [1, 2])
    #expect(moved.records.map(\.mode) == [.disabled, .disabled])
  }

  @Test func allOrNone() async throws {
    var limits = RuleLimits()
    limits.documents = 2
    let database = try await RuleDatabase(limits: limits)
    _ = try await database.put("a")
    let many = await refusal { _ = try await put([.make("b"), .make("c")], in: database) }
    #expect(many?.code == .limitExceeded)
    #expect(many?.field == "documents")
    let twice = await refusal { _ = try await put([.make("b"), .make("b", "2")], in: database) }
    #expect(twice?.code == .invalid)
    #expect(try await database.store.list(database.ours).map(\.id) == ["a"])
    #expect(try await put([.make("a", "2"), .make("b")], in: database).records.count == 2)
  }

  @Test func aChangeThatWasJudgedByOtherRulesIsRefused() async throws {
    let database = try await RuleDatabase()
    let seen = try await database.put("a").revision
    _ = try await database.put("b")
    let (store, ours) = (database.store, database.ours)
    let codes = [
      await refusal { _ = try await put([.make("c")], basedOn: seen, in: database) },
      await refusal {
        _ = try await store.setMode(
          "a", .shadow, organization: ours, actor: "ann", basedOn: seen)
      },
      await refusal {
        _ = try await store.delete("a", organization: ours, actor: "ann", basedOn: seen)
      },
    ].map { $0?.code }
    #expect(codes == [.outdated, .outdated, .outdated])
    #expect(try await store.list(ours).map(\.id) == ["a", "b"])
    let now = try await store.revision(of: ours)
    let moved = try await store.setMode(
      "a", .shadow, organization: ours, actor: "ann", basedOn: now)
    _ = try await store.delete(
      "a", organization: ours, actor: "ann", basedOn: moved.revision)
    #expect(try await store.list(ours).map(\.id) == ["b"])
  }

  @Test func aChangeOfTheInstallationCountsAsWell() async throws {
    let database = try await RuleDatabase()
    let seen = try await database.put("a").revision
    _ = try await database.publish(["base": "1"])
    let refused = await refusal {
      _ = try await put([.make("c")], basedOn: seen, in: database)
    }
    #expect(refused?.code == .outdated)
    // What another organization does is no matter.
    let now = try await database.store.revision(of: database.ours)
    _ = try await database.put("x", in: database.theirs)
    #expect(try await put([.make("c")], basedOn: now, in: database).revision > now)
  }
}
