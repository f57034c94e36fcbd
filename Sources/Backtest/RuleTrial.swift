internal import Core
internal import Correlation
internal import EventStore
internal import Normalization
internal import Rulebook
internal import Sigma

/// One version of the rules as it is run: its matcher, and the detections that it has made.
struct RuleTrial {
  let rules: BacktestRules
  private let matcher: Matcher
  private var scratch: MatcherScratch
  /// The rules, each of which knows what its detections carry.
  private let carriers: [DetectionRule]
  private let reported: [Bool]
  /// For each rule the fields by which its correlations group, one list for each use.
  private let groupings: [[[String?]]]
  private(set) var detections: [Correlation.Detection] = []
  /// Bytes that they hold, about.
  private(set) var detectionBytes = 0
  /// Detections of each rule.
  private(set) var counts: [Int]
  /// Detections that lack a field by which a correlation groups.
  private(set) var withoutGroup = 0
  /// CPU time.
  private(set) var nanoseconds: Int64 = 0

  init(_ rules: BacktestRules) {
    self.rules = rules
    matcher = Matcher(rules: rules.set.rules, aliases: FieldAliases.table)
    scratch = matcher.makeScratch()
    carriers = DetectionRule.all(of: rules.set, version: rules.version ?? 1)
    reported = rules.reported
    counts = Array(repeating: 0, count: rules.set.rules.count)
    var groupings: [String: [[String?]]] = [:]
    for plan in rules.plans.families.flatMap(\.plans) where !plan.groupNames.isEmpty {
      for step in plan.steps { groupings[step.ruleID, default: []].append(step.groupFields) }
    }
    self.groupings = rules.set.rules.map { groupings[$0.id] ?? [] }
  }

  /// The rules that match each of the events.
  mutating func match(_ events: ArraySlice<NormalizedEvent>) -> [[Int]] {
    let start = ThreadClock.now
    defer { nanoseconds += ThreadClock.now - start }
    var matched: [[Int]] = []
    matched.reserveCapacity(events.count)
    for event in events { matched.append(matcher.match(event.fields, scratch: &scratch)) }
    return matched
  }

  /// Keeps what matched one event.
  ///
  /// - Returns: how many of the detections are the report's.
  mutating func keep(_ matched: [Int], _ event: NormalizedEvent, _ record: EventRecord) -> Int {
    var count = 0
    for index in matched {
      var fields = DetectionFields()
      for (name, value) in carriers[index].correlatedValues(of: event.fields) {
        let value = StoredText.withoutNULs(value)
        fields.add(name, value)
        detectionBytes += name.utf8.count + value.utf8.count + 64
      }
      for grouping in groupings[index] where !grouping.allSatisfy({ Self.has($0, fields) }) {
        withoutGroup += 1
      }
      let detection = Correlation.Detection(
        ts: record.ts, eventID: record.id, ruleID: carriers[index].id,
        ruleVersion: carriers[index].version, receivedAt: record.receivedAt, fields: fields,
        srcIP: event.columns.srcIP, dstIP: event.columns.dstIP, host: event.columns.host,
        user: event.columns.user)
      detections.append(detection)
      detectionBytes +=
        256 + (event.columns.host?.utf8.count ?? 0) + (event.columns.user?.utf8.count ?? 0)
      counts[index] += 1
      if reported[index] { count += 1 }
    }
    return count
  }

  private static func has(_ field: String?, _ fields: DetectionFields) -> Bool {
    field.map { fields[$0] != nil } ?? false
  }

  /// Whether another event may still be taken.
  func hasRoom(_ limits: BacktestLimits) -> Bool {
    detections.count < limits.detections && detectionBytes < limits.detectionBytes
  }

  /// Detections of the rules that the report is about.
  var reportedCount: Int {
    counts.indices.reduce(0) { $0 + (reported[$1] ? counts[$1] : 0) }
  }

  var ruleCounts: [BacktestReport.RuleCount] {
    counts.indices.filter { reported[$0] }.map {
      BacktestReport.RuleCount(
        ruleID: rules.set.rules[$0].id, title: rules.set.rules[$0].title, detections: counts[$0])
    }
  }

  /// The incidents of the subjects, in order of their first fire.
  ///
  /// - Parameter end: the time of the last event that was read.
  func incidents(until end: Timestamp, samples: Int) -> [BacktestIncident] {
    OfflineCorrelation(plans: rules.plans).incidents(of: detections, until: end)
      .filter { $0.plan.raises && rules.subjects.contains($0.plan.ruleID) }
      .map { BacktestIncident($0, samples: samples) }
  }
}
