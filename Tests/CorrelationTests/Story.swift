import Core
import Sigma

@testable import Correlation

/// Events told in seconds, for correlations of one group field.
enum Story {
  static func plan(
    _ id: String = "rule", of rules: [String] = ["a"], within seconds: Int64 = 60,
    raises: Bool = true, values: [String] = [], when condition: CorrelationPlan.Condition
  ) throws -> CorrelationPlan {
    try CorrelationPlan(
      ruleID: id, title: id, severity: .high, raises: raises, timespan: seconds * 1_000_000,
      groupNames: ["user"],
      steps: rules.map {
        CorrelationPlan.Step(ruleID: $0, groupFields: ["user"], valueFields: values)
      }, condition: condition)
  }

  static func set(_ plans: CorrelationPlan...) -> CorrelationPlanSet {
    CorrelationPlanSet(families: [CorrelationFamily(plans)], plainRules: [])
  }

  /// An event of `rule` at `second`; `number` tells events of one second apart.
  static func event(
    _ rule: String = "a", _ second: Int64, _ number: UInt64 = 0, user: String? = "x",
    fields: DetectionFields = [:]
  ) -> Detection {
    var fields = fields
    if let user { fields.add("user", user) }
    return Detection(
      ts: Timestamp(microseconds: second * 1_000_000),
      eventID: EventID(high: UInt64(second), low: number), ruleID: rule, fields: fields, user: user)
  }

  static func seconds(_ seconds: ClosedRange<Int64>, step: Int64 = 1) -> [Detection] {
    stride(from: seconds.lowerBound, through: seconds.upperBound, by: Int64.Stride(step)).map {
      event("a", $0)
    }
  }
}

extension IncidentBook {
  /// The live incidents as `number: first fire…last, events`, in order of number.
  var summary: [String] {
    live.sorted { $0.number < $1.number }.map { entry in
      let first = entry.firstFire.ts.microseconds / 1_000_000
      let last = entry.lastHold.microseconds / 1_000_000
      return "\(entry.number): \(first)…\(last), \(entry.evidence.count)"
    }
  }
}
