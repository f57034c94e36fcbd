import AnalyticsStore
import Core
import Sigma
import Testing

@testable import Service

@Suite struct AttackCoverageTests {
  private static let range = SummaryRange(
    from: Timestamp(microseconds: 0), to: Timestamp(microseconds: 1), by: .day)

  private func rule(
    _ id: String, _ state: AttackCoverage.State, _ tags: String...
  ) -> AttackCoverage.Rule {
    AttackCoverage.Rule(
      id: id, title: "rule \(id)", state: state, attack: AttackTags(tags: tags))
  }

  private func coverage(
    _ rules: [AttackCoverage.Rule], detections: [String: Int64] = [:],
    incidents: [String: Int64] = [:]
  ) -> AttackCoverage {
    AttackCoverage(
      rules: rules, detections: detections, incidents: incidents, range: Self.range,
      dataFrom: Self.range.from, asOf: Self.range.to)
  }

  private func layer(_ coverage: AttackCoverage) -> String {
    let bytes = JSONWriter.object { NavigatorLayer(coverage: coverage, name: "x").write(to: &$0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func techniquesStandUnderTheTacticsOfTheirRules() throws {
    let coverage = coverage(
      [
        rule("a", .armed, "attack.credential-access", "attack.t1110", "attack.t1110.001"),
        rule("b", .inert, "attack.credential_access", "attack.T1110"),
        rule("c", .disabled, "attack.persistence", "attack.t1110"),
        rule("d", .armed, "attack.t1059"), rule("e", .refused, "attack.impact"),
      ], detections: ["a": 5, "b": 2], incidents: ["T1110": 3, "T1566": 1])
    let access = try #require(coverage.tactics.first { $0.name == "credential-access" })
    #expect(access.techniques.map(\.id) == ["T1110", "T1110.001"])
    #expect(access.techniques[0].count(.armed) == 1 && access.techniques[0].count(.inert) == 1)
    #expect(access.techniques.map(\.detections) == [7, 5])
    #expect(access.techniques.map(\.incidents) == [3, 0])
    let persistence = try #require(coverage.tactics.first { $0.name == "persistence" })
    #expect(persistence.techniques.map(\.incidents) == [3])
    #expect(coverage.tactics.last?.name == nil)
    #expect(coverage.tactics.last?.techniques.map(\.id) == ["T1059", "T1566"])
    #expect(coverage.states == [.armed: 2, .inert: 1, .disabled: 1, .refused: 1])
    #expect(coverage.untagged == 1)
  }

  @Test func tacticsComeInTheOrderOfTheMatrix() {
    let empty = coverage([])
    #expect(empty.tactics.map(\.name) == AttackTactic.all)
    let former = coverage([
      rule("a", .armed, "attack.defense-evasion", "attack.t1070"),
      rule("b", .armed, "attack.sorcery", "attack.t9999"),
    ])
    let names = former.tactics.compactMap(\.name)
    #expect(
      names.firstIndex(of: "defense-evasion") == names.firstIndex(of: "stealth").map { $0 - 1 })
    #expect(names.last == "sorcery")
    #expect(AttackTactic.title("command-and-control") == "Command and Control")
  }

  @Test func aLayerShowsWhatAScoreCannot() throws {
    let text = layer(
      coverage(
        [
          rule("a", .armed, "attack.impact", "attack.t1485"),
          rule("b", .inert, "attack.impact", "attack.t1486"),
          rule("c", .shadow, "attack.impact", "attack.t1487"),
          rule("d", .armed, "attack.t1488"),
        ], incidents: ["T1485": 2]))
    #expect(text.contains(#""versions":{"navigator":"5.1.0","layer":"4.5"}"#))
    #expect(
      text.contains(##""techniqueID":"T1485","tactic":"impact","score":1,"color":"#e05252""##))
    #expect(
      text.contains(##""techniqueID":"T1486","tactic":"impact","score":0,"color":"#f2c14e""##))
    #expect(
      text.contains(##""techniqueID":"T1487","tactic":"impact","score":0,"color":"#c9ccd1""##))
    #expect(text.contains(#""techniqueID":"T1488","score":1,"comment""#))
    #expect(text.contains(#""minValue":0,"maxValue":1"#))
  }

  @Test func aLayerOfNothingHasAGradient() {
    #expect(layer(coverage([])).contains(#""techniques":[],"gradient""#))
    #expect(layer(coverage([])).contains(#""minValue":0,"maxValue":1"#))
  }
}
