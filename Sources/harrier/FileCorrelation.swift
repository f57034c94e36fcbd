import Core
import Correlation
import Normalization
import Rulebook
import Sigma

/// Correlates the events of a file: the order of lines is that of arrival, their own times are event
/// times. An event without a time stands right behind the line before it.
struct FileCorrelation {
  private let detector: Detector
  private var scratch = DetectorScratch()
  private let correlation: OfflineCorrelation
  private var detections: [Correlation.Detection] = []
  private var end = Timestamp.earliest
  private var last = Timestamp(microseconds: 0)

  init(rules: RuleSet) {
    detector = Detector(rules)
    correlation = OfflineCorrelation(plans: CorrelationPlanSet(rules) { _ in 1 })
  }

  /// Takes in an event.
  ///
  /// - Returns: the ids of the rules that match it.
  mutating func add(_ event: NormalizedEvent, line: Int) -> [String] {
    let ts = event.columns.ts ?? last.advanced(byMicroseconds: 1)
    last = ts
    end = max(end, ts)
    var hits: [DetectionHit] = []
    detector.detect(event, row: line, receivedAt: ts, scratch: &scratch, into: &hits)
    for hit in hits {
      var fields = DetectionFields()
      for (name, value) in hit.rule.correlatedValues(of: event.fields) { fields.add(name, value) }
      detections.append(
        Correlation.Detection(
          ts: ts, eventID: Self.id(line), ruleID: hit.ruleID, fields: fields,
          srcIP: event.columns.srcIP, dstIP: event.columns.dstIP, host: event.columns.host,
          user: event.columns.user))
    }
    return hits.map(\.ruleID)
  }

  /// One line of JSON for each incident.
  func incidents() -> [String] {
    correlation.incidents(of: detections, until: end).map { incident in
      var json = JSONWriter()
      json.object { json in
        json.object("incident") { json in
          json.member("rule", incident.plan.ruleID)
          json.object("group") { json in
            for value in incident.group { json.member(value.name, value.value) }
          }
          json.member("first_fire_line", Self.line(incident.firstFire.id))
          json.array("lines") { json in
            for line in incident.evidence.map({ Self.line($0.id) }).sorted() { json.element(line) }
          }
        }
      }
      return json.text
    }
  }

  /// Ids that grow with the line, so that of several events of one time the last line is the last.
  private static func id(_ line: Int) -> EventID { EventID(high: 0, low: UInt64(line)) }

  private static func line(_ id: EventID) -> Int { Int(id.low) }
}
