internal import Core
internal import Correlation

/// What an incident says of itself: in one sentence, and in full for machines.
struct IncidentText {
  let plan: CorrelationPlan
  let group: [GroupValue]

  private var subject: String {
    group.isEmpty
      ? "" : " by " + group.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: ", ")
  }

  /// A sentence shows the beginning of a long value; the explanation has more of it.
  private static func short(_ value: String) -> String {
    value.unicodeScalars.count > 128 ? "\(value.unicodeScalars.prefix(128))…" : value
  }

  /// Why it was opened: `measured` is what the condition measured at the first fire.
  func reason(measured: Double) -> String {
    let number = JSONText.number(measured)
    let span = Self.duration(plan.timespan)
    switch plan.condition {
    case .always: return "\(plan.title)\(subject)"
    case .eventCount(let threshold): return "\(number) events in \(span)\(subject) (\(threshold))"
    case .valueCount(let threshold):
      return "\(number) different values of \(counted) in \(span)\(subject) (\(threshold))"
    case .valueSum(let threshold):
      return "\(counted) adds up to \(number) in \(span)\(subject) (\(threshold))"
    case .valueAverage(let threshold):
      return "\(counted) averages \(number) in \(span)\(subject) (\(threshold))"
    case .valuePercentile(let rank, let threshold):
      return "percentile \(JSONText.number(rank)) of \(counted) is \(number) in \(span)\(subject)"
        + " (\(threshold))"
    case .rules(let threshold):
      return "\(number) of \(plan.steps.count) rules matched in \(span)\(subject) (\(threshold))"
    case .ordered: return "\(plan.steps.count) rules matched in order in \(span)\(subject)"
    case .extended: return "a condition over \(plan.steps.count) rules held for \(span)\(subject)"
    }
  }

  private var counted: String {
    let names = plan.steps.first?.valueFields.compactMap(\.self) ?? []
    return names.joined(separator: " and ")
  }

  /// The explanation as JSON: rule, condition, threshold, what was measured, window and group.
  func explanation(firstFire: EventKey, measured: Double) -> String {
    JSONText.object([
      ("rule_id", JSONText.string(plan.ruleID)),
      ("condition", JSONText.string(kind)),
      ("threshold", JSONText.string(threshold)),
      ("measured", JSONText.number(measured)),
      ("timespan_seconds", JSONText.number(Double(plan.timespan) / 1e6)),
      ("group", groupJSON),
      ("rules", JSONText.array(plan.steps.map { JSONText.string($0.ruleID) })),
      (
        "first_fire",
        JSONText.object([
          ("ts", JSONText.string(firstFire.ts.description)),
          ("event_id", JSONText.string(firstFire.id.description)),
        ])
      ),
    ])
  }

  var groupJSON: String {
    JSONText.object(group.map { ($0.name, JSONText.string($0.value)) })
  }

  private var kind: String {
    switch plan.condition {
    case .always: "episode"
    case .eventCount: "event_count"
    case .valueCount: "value_count"
    case .valueSum: "value_sum"
    case .valueAverage: "value_avg"
    case .valuePercentile: "value_percentile"
    case .rules, .extended: "temporal"
    case .ordered: "temporal_ordered"
    }
  }

  private var threshold: String? {
    switch plan.condition {
    case .eventCount(let value), .valueCount(let value), .valueSum(let value),
      .valueAverage(let value), .valuePercentile(_, let value), .rules(let value):
      value.description
    case .always, .ordered, .extended: nil
    }
  }

  /// `5 m`, `90 s`: the largest unit that leaves no rest.
  static func duration(_ microseconds: Int64) -> String {
    for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)]
    where microseconds % (length * 1_000_000) == 0 {
      return "\(microseconds / (length * 1_000_000)) \(unit)"
    }
    return "\(JSONText.number(Double(microseconds) / 1e6)) s"
  }
}
