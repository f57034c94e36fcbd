import Core
import Testing

@testable import Sigma

@Suite struct RuleSetTests {
  private func rule(_ id: String, name: String? = nil) throws -> Rule {
    var rule = try Judge.rule(id, [("F", ["x"])])
    rule.name = name
    return rule
  }

  private func correlation(
    _ id: String, name: String? = nil, of rules: [String], groupBy: [String] = ["user"],
    fields: [String] = [], aliases: [String: [String: String]] = [:], generate: Bool = false
  ) -> CorrelationRule {
    CorrelationRule(
      id: id, name: name, title: id, kind: fields.isEmpty ? .eventCount : .valueCount, rules: rules,
      groupBy: groupBy, timespanMicroseconds: 60_000_000,
      condition: .comparison(
        CorrelationComparison(terms: [.init(.gte, .integer(3))], fields: fields)),
      aliases: aliases, generate: generate, location: RuleLocation(file: "c.yml", line: 1))
  }

  @Test func referencesByIDAndName() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1", name: "one"), try rule("2")],
      correlations: [correlation("c", of: ["one", "2"]), correlation("d", of: ["c"])])
    #expect(refusals.isEmpty)
    #expect(set.members == [[.rule(0), .rule(1)], [.correlation(0)]])
    #expect(set.evaluationOrder == [0, 1])
    #expect(set.usesOfRule[0].map(\.reference) == ["one"])
    #expect(set.index(ofRule: "2") == 1)
    #expect(set.index(ofCorrelation: "d") == 1)
    #expect(!set.generatesOwnIncidents(rule: 0))
    #expect(!set.generatesOwnIncidents(correlation: 0))
    #expect(set.generatesOwnIncidents(correlation: 1))
  }

  @Test func generateKeepsTheirIncidents() throws {
    let (set, _) = RuleSet.resolve(
      rules: [try rule("1")],
      correlations: [correlation("c", of: ["1"]), correlation("d", of: ["1"], generate: true)])
    #expect(set.generatesOwnIncidents(rule: 0))
  }

  @Test func theOrderIsInnerFirst() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1")],
      correlations: [
        correlation("outer", of: ["middle", "1"]), correlation("middle", of: ["inner"]),
        correlation("inner", of: ["1"]),
      ])
    #expect(refusals.isEmpty)
    #expect(set.evaluationOrder.map { set.correlations[$0].id } == ["inner", "middle", "outer"])
  }

  @Test func whatIsUnknownTakesItsUsersAlong() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1")],
      correlations: [
        correlation("c", of: ["nobody"]), correlation("d", of: ["c"]), correlation("e", of: ["1"]),
      ])
    #expect(set.correlations.map(\.id) == ["e"])
    #expect(refusals.map(\.code) == [.unknownReference, .unknownReference])
    #expect(refusals[0].reason.contains("nobody"))
    #expect(refusals.map(\.rule) == ["c", "d"])
  }

  @Test func ambiguousNamesAreRefused() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1", name: "same"), try rule("2", name: "same")],
      correlations: [correlation("c", of: ["same"]), correlation("d", of: ["1"])])
    #expect(set.correlations.map(\.id) == ["d"])
    #expect(refusals.map(\.code) == [.ambiguousReference])
  }

  @Test func cyclesAreRefused() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1")],
      correlations: [
        correlation("a", of: ["b", "1"]), correlation("b", of: ["c"]), correlation("c", of: ["a"]),
        correlation("self", of: ["self"]), correlation("fine", of: ["1"]),
      ])
    #expect(set.correlations.map(\.id) == ["fine"])
    #expect(refusals.allSatisfy { $0.code == .cycle })
    #expect(refusals.count == 4)
  }

  @Test func duplicateIDsAreRefused() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1"), try rule("1")], correlations: [correlation("1", of: ["1"])])
    #expect(set.rules.count == 1)
    #expect(refusals.map(\.code) == [.duplicate, .duplicate])
  }

  @Test func correlatedFieldsFollowAliasesAndChains() throws {
    let (set, refusals) = RuleSet.resolve(
      rules: [try rule("1"), try rule("2"), try rule("3")],
      correlations: [
        correlation(
          "c", of: ["1", "2"], groupBy: ["who", "host"], fields: ["port"],
          aliases: ["who": ["1": "User", "2": "TargetUser"]]),
        correlation("d", of: ["c", "3"], groupBy: ["zone"]),
      ])
    #expect(refusals.isEmpty)
    #expect(set.correlatedFields(ofRule: 0) == ["User", "host", "port", "zone"])
    #expect(set.correlatedFields(ofRule: 1) == ["TargetUser", "host", "port", "zone"])
    #expect(set.correlatedFields(ofRule: 2) == ["zone"])
    // A rule that the alias leaves out has the field by that very name.
    #expect(set.correlations[0].field("who", ofReference: "3") == "who")
  }

  @Test func attackTags() {
    let tags = AttackTags(tags: [
      "attack.t1110.001", "attack.credential-access", "attack.T1059", "cve.2021-44228",
      "attack.defense_evasion", "attack.g0007", "attack.s0002", "attack.t1110.001", "attack.t11",
      "detection.threat-hunting",
    ])
    #expect(tags.techniques == ["T1110.001", "T1059"])
    #expect(tags.tactics == ["credential-access", "defense-evasion"])
  }

  @Test func numbersCompareExactly() throws {
    #expect(try #require(Number("9007199254740993")) > #require(Number("9007199254740992")))
    #expect(try #require(Number("1e3")) == #require(Number("1000")))
    #expect(Number("") == nil)
    #expect(Number("nan") == nil)
    #expect(Number("1e999") == nil)
    #expect(Number(" 1") == nil)
    #expect(Number("e") == nil)
    for comparison in ComparisonOperator.allCases {
      #expect(comparison.holds(2, 2) == [.gte, .lte, .eq].contains(comparison))
    }
  }
}
