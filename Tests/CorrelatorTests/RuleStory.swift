import Core
import Correlation
import Sigma

/// What happens to two organizations of one shard: commits, and changes of their rules.
struct RuleStory {
  enum Step {
    case commit([Detection], organization: Int, writer: String)
    /// - organization: nil for the installation.
    case change(variant: Int, organization: Int?)
  }

  let steps: [Step]

  init(_ count: Int, _ random: inout SeededGenerator) {
    var rest = TestRules.detections(count, &random)[...]
    var steps: [Step] = []
    while !rest.isEmpty {
      let batch = rest.prefix(Int.random(in: 1...12, using: &random)).map { detection in
        guard Int.random(in: 0..<8, using: &random) == 0 else { return detection }
        let excepted = ["burst", "guessed", "change"].filter { _ in Bool.random(using: &random) }
        return Detection(
          ts: detection.ts, eventID: detection.eventID, ruleID: detection.ruleID,
          fields: detection.fields, srcIP: detection.srcIP, user: detection.user,
          excepted: excepted)
      }
      rest = rest.dropFirst(batch.count)
      steps.append(
        .commit(
          batch, organization: Int.random(in: 0...1, using: &random),
          writer: ["x", "y", "z"].randomElement(using: &random)!))
      if Int.random(in: 0..<4, using: &random) == 0 {
        steps.append(
          .change(
            variant: Int.random(in: 0..<Self.variants, using: &random),
            organization: [nil, 0, 1].randomElement(using: &random)!))
      }
    }
    self.steps = steps
  }

  static let variants = 7

  /// The rules as they are at first (0) and after changes of them.
  static func plans(_ variant: Int) throws -> CorrelationPlanSet {
    let minute = TestRules.minute
    let groups = variant == 2 ? [] : ["user"]
    func step(_ rule: String) -> CorrelationPlan.Step {
      CorrelationPlan.Step(ruleID: rule, groupFields: groups)
    }
    let burst = try CorrelationPlan(
      ruleID: "burst", version: variant == 1 ? 2 : 1, title: "Burst", severity: .medium,
      raises: variant != 5, timespan: 2 * minute, groupNames: groups, steps: [step("fail")],
      condition: .eventCount(.atLeast(variant == 1 ? 4 : 3)))
    let guessed = try CorrelationPlan(
      ruleID: "guessed", title: "Guessed", severity: .critical, timespan: 5 * minute,
      groupNames: groups, steps: [step("burst"), step("login")], condition: .ordered)
    let exact = try CorrelationPlan(
      ruleID: "exact", title: "Exactly two", severity: .low,
      timespan: variant == 6 ? minute / 2 : minute, groupNames: groups, steps: [step("change")],
      condition: .eventCount(Threshold([.init(.eq, 2)])))
    let unanswered = try CorrelationPlan(
      ruleID: "unanswered", title: "No logout", severity: .high, timespan: minute,
      groupNames: groups, steps: [step("login"), step("logout")],
      condition: .extended(.and([.rule(0), .not(.rule(1))])))
    let change = try CorrelationPlan(
      ruleID: "change", title: "Change", severity: .low, timespan: 3 * minute, groupNames: [],
      steps: [], condition: .always)
    var families = [CorrelationFamily([exact])]
    if variant != 3 { families.append(CorrelationFamily([burst, guessed])) }
    if variant != 4 { families.append(CorrelationFamily([unanswered])) }
    return CorrelationPlanSet(families: families, plainRules: variant == 4 ? [] : [change])
  }
}
