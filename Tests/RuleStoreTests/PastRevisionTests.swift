import Core
import Postgres
import RuleStore
import Testing

/// What was in force at a revision reads back exactly, whatever came after.
@Suite(.timeLimit(.minutes(5))) struct PastRevisionTests {
  /// The rules as a plain model: what `RuleSnapshot` is to say.
  private struct Model: Equatable {
    var base: [String: String] = [:]
    var own: [String: String] = [:]
    var ownModes: [String: RuleMode] = [:]
    var baseModes: [String: RuleMode] = [:]
    var exceptions: Set<Int64> = []

    init() {}

    init(_ snapshot: RuleSnapshot) {
      for rule in snapshot.base.rules { base[rule.id] = String(rule.text ?? "") }
      for rule in snapshot.own.rules {
        own[rule.id] = String(rule.text ?? "")
        ownModes[rule.id] = rule.mode
      }
      baseModes = snapshot.own.baseModes
      exceptions = Set(snapshot.own.exceptions.map(\.id))
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func everyRevisionReadsBackExactly(seed: UInt64) async throws
  {
    let database = try await RuleDatabase()
    var random = SeededGenerator(seed: seed)
    var model = Model()
    var past: [(snapshot: RuleSnapshot, model: Model)] = []
    for step in 0..<120 {
      try await change(&model, step, database, &random)
      _ = try await database.put("theirs", "\(step)", in: database.theirs)
      let snapshot = try await database.store.snapshot(of: database.ours)
      #expect(Model(snapshot) == model)
      #expect(snapshot.revision == (try await database.store.revision(of: database.ours)))
      past.append((snapshot, model))
    }
    #expect(Set(past.map(\.snapshot.revision)).count > 60)
    for (snapshot, model) in past {
      let read = try await database.store.snapshot(of: database.ours, at: snapshot.revision)
      #expect(read == snapshot)
      #expect(Model(read) == model)
      #expect(
        try await database.store.baseRevision(at: snapshot.revision) == snapshot.base.revision)
    }
    let empty = try await database.store.snapshot(of: database.ours, at: 0)
    #expect(Model(empty) == Model())
    #expect(empty.revision == 0)
  }

  private func change(
    _ model: inout Model, _ step: Int, _ database: RuleDatabase, _ random: inout SeededGenerator
  ) async throws {
    let id = "rule-\(Int.random(in: 0..<6, using: &random))"
    let mode = RuleMode.allCases.randomElement(using: &random) ?? .enabled
    let store = database.store
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      model.base = [:]
      for number in 0..<6 where Bool.random(using: &random) {
        model.base["rule-\(number)"] = "\(Int.random(in: 0..<3, using: &random))"
      }
      _ = try await database.publish(model.base)
    case 1, 2:
      _ = try await database.put(id, "\(step)", mode: mode)
      model.own[id] = "\(step)"
      model.ownModes[id] = mode
    case 3 where model.own[id] != nil || model.base[id] != nil:
      _ = try await store.setMode(id, mode, organization: database.ours, actor: "ann")
      if model.own[id] != nil {
        model.ownModes[id] = mode
      } else {
        model.baseModes[id] = mode == .enabled ? nil : mode
      }
    case 4 where model.own[id] != nil:
      _ = try await store.delete(id, organization: database.ours, actor: "ann")
      model.own[id] = nil
      model.ownModes[id] = nil
    case 5:
      let new = NewRuleException(match: "{}", reason: "r", expiresAt: RuleExceptionTests.soon)
      let made = try await store.addException(new, organization: database.ours, actor: "ann")
      model.exceptions.insert(made.exception.id)
    default:
      guard let exception = model.exceptions.randomElement(using: &random) else { return }
      _ = try await store.endException(exception, organization: database.ours, actor: "ann")
      model.exceptions.remove(exception)
    }
  }
}
