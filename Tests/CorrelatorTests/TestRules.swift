import Core
import Correlation
import Correlator
import Sigma

/// Correlations that the tests run: a count, a sequence, an absence, and a plain rule.
enum TestRules {
  static let minute: Int64 = 60_000_000

  static func plans() throws -> CorrelationPlanSet {
    func step(_ rule: String) -> CorrelationPlan.Step {
      CorrelationPlan.Step(ruleID: rule, groupFields: ["user"])
    }
    let burst = try CorrelationPlan(
      ruleID: "burst", title: "Burst of failed logins", severity: .medium,
      tactics: ["credential-access"], techniques: ["T1110"], timespan: 2 * minute,
      groupNames: ["user"], steps: [step("fail")], condition: .eventCount(.atLeast(3)))
    let success = try CorrelationPlan(
      ruleID: "guessed", title: "Guessed password", severity: .critical, timespan: 5 * minute,
      groupNames: ["user"], steps: [step("burst"), step("login")], condition: .ordered)
    let exact = try CorrelationPlan(
      ruleID: "exact", title: "Exactly two changes", severity: .low, timespan: minute,
      groupNames: ["user"], steps: [step("change")],
      condition: .eventCount(Threshold([.init(.eq, 2)])))
    let unanswered = try CorrelationPlan(
      ruleID: "unanswered", title: "No logout", severity: .high, timespan: minute,
      groupNames: ["user"], steps: [step("login"), step("logout")],
      condition: .extended(.and([.rule(0), .not(.rule(1))])))
    let plain = try CorrelationPlan(
      ruleID: "change", title: "Change of settings", severity: .low, timespan: 3 * minute,
      groupNames: [], steps: [], condition: .always)
    return CorrelationPlanSet(
      families: [
        CorrelationFamily([burst, success]), CorrelationFamily([exact]),
        CorrelationFamily([unanswered]),
      ], plainRules: [plain])
  }

  static func provider() throws -> CorrelationRulesProvider {
    let rules = CorrelationRules(plans: try plans(), revision: 1)
    return { _, _ in rules }
  }

  /// Detections of some minutes for two users, dense enough for merges and splits.
  static func detections(_ count: Int, _ random: inout SeededGenerator) -> [Detection] {
    (0..<count).map { index in
      let second = Int64.random(in: 0..<1_500, using: &random)
      let ts = Timestamp(microseconds: 1_700_000_000_000_000 + second * 1_000_000)
      let user = ["alice", "Alice", "bob"].randomElement(using: &random)!
      return Detection(
        ts: ts, eventID: EventID(timestamp: ts, entropy: (0, UInt64(index))),
        ruleID: ["fail", "fail", "login", "logout", "change"].randomElement(using: &random)!,
        fields: ["user": user], srcIP: IPAddress(v4: 0xC000_0200 + UInt32(index % 3)), user: user)
    }
  }
}

/// SplitMix64: the same seed gives the same test.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
