import Core
import Correlation
import EventScanner
import Normalization
import Sigma

typealias Detection = Correlation.Detection

/// Runs events through matching and correlation, as the service does in two processes.
struct RuleRun {
  let rules: RuleSet
  private let matcher: Matcher
  private var scratch: MatcherScratch
  private var normalizer = Normalizer()
  private var scanner = JSONScanner()
  private var tape = JSONTape()
  private(set) var detections: [Detection] = []
  private var newest = Timestamp.earliest
  private var count: UInt64 = 0

  init(_ rules: RuleSet) {
    self.rules = rules
    matcher = Matcher(rules: rules.rules)
    scratch = matcher.makeScratch()
  }

  /// An event whose fields are known. Its id says which it is, from 0.
  mutating func add(_ fields: EventFields, columns: EventColumns = EventColumns(), at ts: Timestamp)
  {
    newest = max(newest, ts)
    let id = EventID(high: 0, low: count)
    count += 1
    for index in matcher.match(fields, scratch: &scratch) {
      var values = DetectionFields()
      for field in rules.correlatedFields(ofRule: index) {
        if let value = fields.value(named: field) { values.add(field, value) }
      }
      detections.append(
        Detection(
          ts: ts, eventID: id, ruleID: rules.rules[index].id, fields: values, srcIP: columns.srcIP,
          dstIP: columns.dstIP, host: columns.host, user: columns.user))
    }
  }

  /// A record as a sensor sends it.
  mutating func add(record: String, sourceType: String?, receivedAt: Timestamp) throws {
    let bytes = Array(record.utf8)
    var event = NormalizedEvent()
    try scanner.scanRecord(bytes.span.bytes, into: &tape)
    try normalizer.normalize(
      bytes.span.bytes, tape: tape, sourceTypeHint: sourceType, receivedAt: receivedAt, into: &event
    )
    add(event.fields, columns: event.columns, at: event.columns.ts ?? receivedAt)
  }

  /// A line of text as a sensor sends it.
  mutating func add(text: String, sourceType: String?, receivedAt: Timestamp) throws {
    let bytes = Array(text.utf8)
    var event = NormalizedEvent()
    try normalizer.normalizeText(
      bytes.span.bytes, sourceTypeHint: sourceType, receivedAt: receivedAt, into: &event)
    add(event.fields, columns: event.columns, at: event.columns.ts ?? receivedAt)
  }

  func incidents() -> [OfflineIncident] {
    let plans = CorrelationPlanSet(rules)
    return OfflineCorrelation(plans: plans).incidents(of: detections, until: newest)
  }
}
