import Core
import Sigma

@testable import Correlation

/// Random correlations and detections, small and dense enough for everything to collide.
struct RandomCase {
  let plans: CorrelationPlanSet
  /// The detections of one event stand together.
  let events: [[Detection]]
  /// Those of events that were correlated under earlier rules.
  let old: [[Detection]]

  init(_ random: inout SeededGenerator) throws {
    let rules = ["a", "b", "c"]
    let outer = random.chance(40)
    var plans = [try Self.plan("inner", rules, raises: !outer || random.chance(30), &random)]
    if outer {
      plans.append(try Self.plan("outer", rules + ["inner"], raises: true, must: "inner", &random))
      if random.chance(30) {
        plans.append(
          try Self.plan("outermost", rules + ["outer"], raises: true, must: "outer", &random))
      }
    }
    let plain = try CorrelationPlan(
      ruleID: "b", title: "plain", severity: .low,
      timespan: Int64.random(in: 1...6, using: &random) * 1_000_000,
      groupNames: [], steps: [], condition: .always)
    let hasChanged = random.chance(40)
    let set = CorrelationPlanSet(
      families: [CorrelationFamily(plans)], plainRules: random.chance(50) ? [plain] : [])
    self.plans =
      hasChanged
      ? set.since(CorrelationEras(revision: 0, eras: [:]).following(set, revision: 1)) : set
    let excepts = random.chance(30)
    let excepted = ["b"] + plans.map(\.ruleID)
    let length = Int64.random(in: 5...60, using: &random)
    let all = (0..<Int.random(in: 1...40, using: &random)).map { index in
      let ts = Timestamp(microseconds: Int64.random(in: 0...length, using: &random) * 1_000_000)
      let id = EventID(high: 0, low: UInt64(index))
      var fields = DetectionFields()
      for (name, chance, values) in [
        ("user", 95, ["x", "X", "y"]), ("host", 90, ["h", "k"]),
        ("n", 90, ["1", "2", "2.5", "30", "-4", "n/a"]),
      ] where random.chance(chance) {
        fields.add(name, values[Int.random(in: values.indices, using: &random)])
      }
      let matched = rules.filter { _ in random.chance(50) }
      let revision: Int64 = hasChanged && random.chance(50) ? 0 : .max
      let without = excepts ? excepted.filter { _ in random.chance(25) } : []
      return (matched.isEmpty ? ["a"] : matched).map {
        Detection(
          ts: ts, eventID: id, ruleID: $0, fields: fields, user: fields["user"],
          excepted: without, revision: revision)
      }
    }
    events = all.filter { $0[0].revision > 0 }
    old = all.filter { $0[0].revision == 0 }
  }

  private static func plan(
    _ name: String, _ rules: [String], raises: Bool, must: String? = nil,
    _ random: inout SeededGenerator
  ) throws -> CorrelationPlan {
    var chosen = rules.filter { _ in random.chance(60) }
    if chosen.isEmpty { chosen = [rules[0]] }
    if let must, !chosen.contains(must) { chosen.append(must) }
    chosen.shuffle(using: &random)
    let groupNames: [String] = [[], ["user"], ["user", "host"]].randomElement(using: &random)!
    let condition = condition(rules: chosen.count, &random)
    var valueFields: [String] = []
    switch condition {
    case .valueCount: valueFields = random.chance(50) ? ["n"] : ["n", "host"]
    case .valueSum, .valueAverage, .valuePercentile: valueFields = ["n"]
    default: break
    }
    return try CorrelationPlan(
      ruleID: name, title: name, severity: .high, raises: raises,
      timespan: Int64.random(in: 1...12, using: &random) * 1_000_000, groupNames: groupNames,
      steps: chosen.map {
        CorrelationPlan.Step(ruleID: $0, groupFields: groupNames, valueFields: valueFields)
      }, condition: condition)
  }

  private static func condition(
    rules: Int, _ random: inout SeededGenerator
  ) -> CorrelationPlan.Condition {
    func threshold(_ range: ClosedRange<Int>) -> Threshold {
      let value = Double(Int.random(in: range, using: &random))
      if random.chance(20) { return Threshold([.init(.gte, value), .init(.lt, value + 3)]) }
      return Threshold([
        .init([.gte, .gte, .gt, .lt, .lte, .eq, .neq].randomElement(using: &random)!, value)
      ])
    }
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1: return .eventCount(threshold(1...5))
    case 2: return .valueCount(threshold(1...4))
    case 3: return .valueSum(threshold(-5...60))
    case 4: return .valueAverage(threshold(-2...15))
    case 5:
      return .valuePercentile(
        rank: Double(Int.random(in: 0...100, using: &random)), threshold(0...20))
    case 6: return .rules(threshold(1...rules))
    case 7: return .ordered
    default:
      let leaves: [RuleExpression] = (0..<rules).map {
        random.chance(35) ? .not(.rule($0)) : .rule($0)
      }
      return .extended(random.chance(50) ? .and(leaves) : .or(leaves))
    }
  }
}
