import Backtest
import Core
import Correlation
import EventScanner
import EventStore
import Normalization
import Sigma
import Testing

/// The same rules over the same records as `harrier rule match --correlate` runs them over the lines
/// of a file, with the evaluator that follows the specification word by word.
struct FileRun {
  /// An incident by what both ways of running must agree on.
  struct Incident: Hashable {
    let rule: String
    let group: [GroupValue]
    let first: Timestamp
    let last: Timestamp
    let fire: Timestamp
    let count: Int
  }

  private(set) var incidents: [Incident] = []
  private(set) var detections = 0
  private(set) var matched = 0

  init(_ rules: BacktestRules, _ records: [EventRecord]) throws {
    let evaluator = NaiveEvaluator(aliases: FieldAliases.table)
    var tape = JSONTape()
    var normalizer = Normalizer()
    var event = NormalizedEvent()
    var found: [Correlation.Detection] = []
    var end = Timestamp.earliest
    for (line, record) in records.enumerated() {
      try JSONScanner().scanRecord(record.raw.span.bytes, into: &tape)
      try normalizer.normalize(record.raw.span.bytes, tape: tape, into: &event)
      let ts = try #require(event.columns.ts)
      end = max(end, ts)
      let indices = evaluator.matches(rules.set.rules, NaiveEvent(event.fields))
      if !indices.isEmpty { matched += 1 }
      for index in indices {
        detections += 1
        var fields = DetectionFields()
        for name in rules.set.correlatedFields(ofRule: index) {
          guard let value = event.fields.value(named: FieldAliases.canonical(name)) else {
            continue
          }
          fields.add(name, value)
        }
        found.append(
          Correlation.Detection(
            ts: ts, eventID: EventID(high: 0, low: UInt64(line)), ruleID: rules.set.rules[index].id,
            fields: fields, srcIP: event.columns.srcIP, dstIP: event.columns.dstIP,
            host: event.columns.host, user: event.columns.user))
      }
    }
    incidents = OfflineCorrelation(plans: CorrelationPlanSet(rules.set))
      .incidents(of: found, until: end)
      .map {
        Incident(
          rule: $0.plan.ruleID, group: $0.group, first: $0.evidence.first!.ts,
          last: $0.evidence.last!.ts, fire: $0.firstFire.ts, count: $0.evidence.count)
      }
  }
}

extension FileRun.Incident {
  init(_ incident: BacktestIncident) {
    self.init(
      rule: incident.ruleID, group: incident.group, first: incident.first, last: incident.last,
      fire: incident.firstFire.ts, count: incident.eventCount)
  }
}
