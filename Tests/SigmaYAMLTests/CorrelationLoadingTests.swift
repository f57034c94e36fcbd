import Sigma
import Testing

@testable import SigmaYAML

@Suite struct CorrelationLoadingTests {
  private func text(_ correlation: String) -> String {
    ruleText(detection: plain, more: "name: base") + "\n---\n"
      + ruleText(id: "r2", detection: plain, more: "name: other")
      + "\n---\ntitle: Many\nid: c1\ntags: [attack.t1110]\nlevel: high\ncorrelation:\n"
      + correlation.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n") + "\n"
  }

  private func correlation(_ body: String) throws -> CorrelationRule {
    let loaded = load(text(body))
    #expect(loaded.refusals.isEmpty, "\(loaded.refusals)")
    return try #require(loaded.set.correlations.first)
  }

  @Test func eventCount() throws {
    let rule = try correlation(
      """
      type: event_count
      rules: [base, r2]
      group-by: [user, src]
      timespan: 5m
      condition:
        gt: 10
        lte: 20
      aliases:
        src:
          base: src_ip
          r2: source
      generate: true
      """)
    #expect(rule.kind == .eventCount)
    #expect(rule.rules == ["base", "r2"])
    #expect(rule.groupBy == ["user", "src"])
    #expect(rule.timespanMicroseconds == 300_000_000)
    #expect(rule.generate)
    #expect(rule.level == .high)
    #expect(rule.attack.techniques == ["T1110"])
    #expect(rule.aliases == ["src": ["base": "src_ip", "r2": "source"]])
    guard case .comparison(let comparison) = rule.condition else {
      Issue.record("no comparison")
      return
    }
    #expect(comparison.terms == [.init(.gt, .integer(10)), .init(.lte, .integer(20))])
    #expect(!comparison.holds(.integer(10)))
    #expect(comparison.holds(.integer(20)))
  }

  @Test func valueTypes() throws {
    for kind in [CorrelationRule.Kind.valueCount, .valueSum, .valueAvg] {
      let rule = try correlation(
        "type: \(kind.rawValue)\nrules: base\ntimespan: 1h\ncondition:\n  gte: 1.5\n  field: bytes")
      #expect(rule.kind == kind)
      #expect(rule.groupBy.isEmpty)
    }
    let tuple = try correlation(
      "type: value_count\nrules: base\ntimespan: 1h\ncondition: {gte: 3, field: [a, b]}")
    guard case .comparison(let comparison) = tuple.condition else { return }
    #expect(comparison.fields == ["a", "b"])
    let percentile = try correlation(
      "type: value_percentile\nrules: base\ntimespan: 1h\ncondition: {gt: 9, field: a, percentile: 95}"
    )
    guard case .comparison(let comparison) = percentile.condition else { return }
    #expect(comparison.percentile == 95)
  }

  @Test func temporalTypes() throws {
    let plain = try correlation("type: temporal\nrules: [base, other]\ntimespan: 1m")
    #expect(
      plain.condition == .comparison(CorrelationComparison(terms: [.init(.gte, .integer(2))])))
    let ordered = try correlation(
      "type: temporal_ordered\nrules: [base, other]\ngroup-by: [user]\ntimespan: 1m")
    #expect(ordered.kind == .temporalOrdered)
    let extended = try correlation(
      "type: temporal\ntimespan: 1m\ncondition: base and not other")
    #expect(extended.rules == ["base", "other"])
    #expect(extended.condition == .expression(.and([.rule("base"), .not(.rule("other"))])))
  }

  @Test(arguments: [
    "rules: base\ntimespan: 1m\ncondition: {gte: 1}",
    "type: near\nrules: base\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ntimespan: 1 minute\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ntimespan: 1m",
    "type: event_count\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: nobody\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: 1, lte: 2, neq: 3}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: many}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {atleast: 1}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: 1, field: a}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: base",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: 1, percentile: 5}",
    "type: value_count\nrules: base\ntimespan: 1m\ncondition: {gte: 1}",
    "type: value_sum\nrules: base\ntimespan: 1m\ncondition: {gte: 1, field: [a, b]}",
    "type: value_percentile\nrules: base\ntimespan: 1m\ncondition: {gte: 1, field: a}",
    "type: value_percentile\nrules: base\ntimespan: 1m\ncondition: {gte: 1, field: a, percentile: 101}",
    "type: event_count\nrules: [base, base]\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ngroupby: [a]\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ngroup-by: [a, a]\ntimespan: 1m\ncondition: {gte: 1}",
    "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: 1}\naliases: {u: {nobody: x}}",
    "type: temporal\nrules: [base]\ntimespan: 1m\ncondition: base and other",
    "type: temporal\nrules: [base, other]\ntimespan: 1m\ncondition: base",
    "type: temporal\nrules: [base, other]\ntimespan: 1m\ncondition: 1 of base",
    "type: event_count\nrules: c1\ntimespan: 1m\ncondition: {gte: 1}",
  ])
  func refusals(body: String) throws {
    let loaded = load(text(body))
    #expect(loaded.set.rules.count == 2)
    #expect(loaded.set.correlations.isEmpty)
    let refusal = try #require(loaded.refusals.first)
    #expect(refusal.rule == "c1")
    #expect(refusal.line >= 23, "\(refusal)")
  }
}
