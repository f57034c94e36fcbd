import Core
import Correlation
import Testing

@testable import Backtest

@Suite struct IncidentComparisonTests {
  private static func incident(
    _ first: Int64, _ last: Int64, group: String = "a", rule: String = "r"
  ) -> BacktestIncident {
    BacktestIncident(
      ruleID: rule, title: rule, severity: .high, group: [GroupValue(name: "g", value: group)],
      first: Timestamp(microseconds: first), last: Timestamp(microseconds: last),
      firstFire: EventKey(ts: Timestamp(microseconds: first), id: EventID(high: 0, low: 1)),
      eventCount: 1, samples: [])
  }

  @Test func overlapInTimeRuleAndGroupIsTheSame() {
    let before = [
      Self.incident(0, 10), Self.incident(20, 30), Self.incident(50, 60),
      Self.incident(0, 100, group: "b"), Self.incident(0, 100, rule: "s"),
    ]
    let after = [
      Self.incident(10, 12), Self.incident(13, 19), Self.incident(25, 55),
      Self.incident(101, 102, group: "b"),
    ]
    let comparison = IncidentComparison(candidate: after, baseline: before)
    #expect(comparison.gained == [1, 3])
    #expect(comparison.lost == [3, 4])
    #expect(comparison.kept.map(\.candidate) == [0, 2])
    #expect(comparison.kept.map(\.baseline) == [0, 2])
  }

  @Test func agreesWithTheComparisonOfAllWithAll() {
    var random = Generator(state: 11)
    for _ in 0..<200 {
      func some() -> [BacktestIncident] {
        (0..<random.below(20)).map { _ in
          let first = Int64(random.below(100))
          return Self.incident(
            first, first + Int64(random.below(15)), group: "\(random.below(2))")
        }
      }
      let candidate = some()
      let baseline = some()
      func overlap(_ one: BacktestIncident, _ other: BacktestIncident) -> Bool {
        one.group == other.group && one.first <= other.last && other.first <= one.last
      }
      let comparison = IncidentComparison(candidate: candidate, baseline: baseline)
      #expect(
        comparison.gained
          == candidate.indices.filter { index in
            !baseline.contains { overlap(candidate[index], $0) }
          })
      #expect(
        comparison.lost
          == baseline.indices.filter { index in
            !candidate.contains { overlap(baseline[index], $0) }
          })
      #expect(
        comparison.kept.allSatisfy { overlap(candidate[$0.candidate], baseline[$0.baseline]) })
      #expect(comparison.kept.count + comparison.gained.count == candidate.count)
    }
  }
}
