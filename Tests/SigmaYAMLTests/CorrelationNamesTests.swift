import Sigma
import Testing

@testable import SigmaYAML

/// `rules` refers by id or by name, aliases by name, an extended condition by either.
@Suite struct CorrelationNamesTests {
  private let id = "5638f7c0-ac70-491d-8465-2a65075e0d86"

  private func load(_ correlation: String) -> LoadedRules {
    SigmaYAMLTests.load(
      ruleText(id: id, detection: plain, more: "name: one") + "\n---\n"
        + ruleText(id: "r2", detection: plain, more: "name: two")
        + "\n---\ntitle: Both\nid: c1\ncorrelation:\n"
        + correlation.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n") + "\n")
  }

  @Test func aliasesByNameForRulesByID() throws {
    let loaded = load(
      """
      type: temporal
      rules: [\(id), r2]
      group-by: [ip]
      timespan: 5m
      aliases:
        ip:
          one: src_ip
          two: dst_ip
      """)
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    let rule = try #require(loaded.set.correlations.first)
    #expect(rule.field("ip", ofReference: id) == "src_ip")
    #expect(rule.field("ip", ofReference: "r2") == "dst_ip")
    #expect(loaded.set.correlatedFields(ofRule: 0) == ["src_ip"])
  }

  @Test func aliasesByIDForRulesByName() throws {
    let loaded = load(
      "type: temporal\nrules: [one, two]\ngroup-by: [ip]\ntimespan: 5m\naliases: {ip: {\(id): src_ip}}"
    )
    let rule = try #require(loaded.set.correlations.first)
    #expect(rule.field("ip", ofReference: "one") == "src_ip")
    // Left out: the field by the alias's own name.
    #expect(rule.field("ip", ofReference: "two") == "ip")
  }

  @Test func extendedConditionsByName() throws {
    let loaded = load(
      "type: temporal\nrules: [\(id), r2]\ntimespan: 5m\ncondition: one and not two")
    let rule = try #require(loaded.set.correlations.first, "\(loaded.refusals)")
    #expect(rule.condition == .expression(.and([.rule(id), .not(.rule("r2"))])))
    let byID = load("type: temporal\ntimespan: 5m\ncondition: \(id) or two")
    #expect(byID.set.correlations.first?.rules == [id, "two"])
  }

  @Test(arguments: [
    ("type: temporal\nrules: [one, ID]\ntimespan: 5m", SigmaError.Code.duplicate),
    ("type: event_count\nrules: [ID, one]\ntimespan: 5m\ncondition: {gte: 2}", .duplicate),
    (
      "type: event_count\nrules: one\ntimespan: 5m\ncondition: {gte: 2}\naliases: {u: {two: x}}",
      .unknownReference
    ),
    (
      "type: event_count\nrules: one\ntimespan: 5m\ncondition: {gte: 2}\naliases: {u: {one: x, ID: y}}",
      .duplicate
    ),
    ("type: temporal\nrules: [one, two]\ntimespan: 5m\ncondition: ID", .condition),
    ("type: temporal\nrules: [one]\ntimespan: 5m\ncondition: not one", .condition),
    ("type: temporal\ntimespan: 5m\ncondition: one and not (one or two)", .condition),
    ("type: temporal_ordered\ntimespan: 5m\ncondition: one and two", .unsupported),
    ("type: temporal_ordered\nrules: [one, two]\ntimespan: 5m\ncondition: {gte: 1}", .unsupported),
    ("type: temporal\nrules: [one]\ntimespan: 5m\ncondition: one and two", .unknownReference),
    ("type: event_count\nrules: [one, null]\ntimespan: 5m\ncondition: {gte: 2}", .structure),
    (
      "type: event_count\nrules: [one]\ngroup-by: [a, '']\ntimespan: 5m\ncondition: {gte: 2}",
      .structure
    ),
    ("type: event_count\nrules: [one]\ngroup-by: [a,]\ntimespan: 300\ncondition: {gte: 2}", .value),
    (
      "type: event_count\nrules: [one]\ntimespan: 5m\ncondition: {gte: 2, lte: 5, eq: 3}",
      .structure
    ),
    ("type: event_count\nrules: [one]\ntimespan: 5m\ncondition: {field: x}", .structure),
    (
      "type: value_count\nrules: [one]\ntimespan: 5m\ncondition: {field: [a, null], gte: 2}",
      .structure
    ),
    ("type: value_median\nrules: [one]\ntimespan: 5m\ncondition: {field: a, gte: 2}", .value),
  ])
  func refusals(correlation: String, code: SigmaError.Code) throws {
    let loaded = load(correlation.replacing("ID", with: id))
    #expect(loaded.set.correlations.isEmpty)
    let refusal = try #require(loaded.refusals.first)
    #expect(refusal.code == code, "\(refusal)")
    #expect(refusal.rule == "c1")
  }

  /// A sequence may ask for a rule twice.
  @Test(arguments: ["", "condition: {gte: 3}", "condition: {gte: 2}"])
  func sequences(condition: String) {
    let loaded = load("type: temporal_ordered\nrules: [one, two, one]\ntimespan: 5m\n\(condition)")
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(loaded.set.correlations.count == 1)
  }

  @Test func tooManyRules() {
    let names = (0..<65).map { "r\($0)" }.joined(separator: ", ")
    let loaded = load("type: temporal\nrules: [\(names)]\ntimespan: 5m")
    #expect(loaded.refusals.map(\.code) == [.limit])
  }

  /// The order of documents and files does not matter, and a chain of correlations may have aliases of
  /// its own.
  @Test func chains() throws {
    let loaded = SigmaYAMLTests.load(
      """
      title: Outer
      id: outer
      correlation:
        type: temporal_ordered
        rules: [many, two]
        group-by: [who]
        timespan: 10m
        aliases:
          who: {many: user, two: TargetUser}
      ---
      title: Many
      name: many
      correlation:
        type: event_count
        rules: one
        group-by: [user]
        timespan: 10m
        condition: {gte: 3}
        aliases:
          user: {one: SourceUser}
      ---
      \(ruleText(id: "r1", detection: plain, more: "name: one"))
      ---
      \(ruleText(id: "r2", detection: plain, more: "name: two"))
      """)
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    #expect(loaded.set.correlatedFields(ofRule: 0).contains("SourceUser"))
    #expect(loaded.set.correlatedFields(ofRule: 1) == ["TargetUser"])
    #expect(
      loaded.set.evaluationOrder.map { loaded.set.correlations[$0].title } == ["Many", "Outer"])
  }
}
