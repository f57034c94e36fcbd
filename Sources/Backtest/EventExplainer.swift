internal import Core
public import EventStore
public import Normalization
internal import Rulebook
public import Sigma

/// Says of one stored event why a rule matches it or why it does not.
public struct EventExplainer: Sendable {
  private let rules: RuleSet
  private let mappings: MappingCatalog
  private let carriers: [DetectionRule]
  private let version: Int32?
  private let explainer = RuleExplainer(aliases: FieldAliases.table)

  /// - Parameters:
  ///   - rules: what is asked about, with the rules that a correlation refers to.
  ///   - version: what the explanation calls the rule's version.
  public init(rules: RuleSet, version: Int32? = nil, mappings: MappingCatalog = .builtIn) {
    self.mappings = mappings
    self.rules = rules
    carriers = DetectionRule.all(of: rules)
    self.version = version
  }

  /// Holds a rule, or each rule that a correlation is made of, against the event. A large rule and a
  /// large record take long, so this runs on a thread of low priority.
  ///
  /// - Throws: `BacktestError`: `.unknownRule`, or `.unreadable` where the record cannot be read again.
  public func explain(
    _ record: EventRecord, rule id: String
  ) async throws -> EventExplanation {
    try await withTaskExecutorPreference(BackgroundThread.explanations) {
      try await inspect(record, rule: id)
    }
  }

  @concurrent
  private func inspect(
    _ record: EventRecord, rule id: String
  ) async throws -> EventExplanation {
    let uses = try uses(of: id)
    var event = NormalizedEvent()
    var reader = RecordReader(mappings: mappings)
    try reader.read(record, into: &event)
    let flat = NaiveEvent(event.fields)
    let correlation = rules.index(ofCorrelation: id).map { rules.correlations[$0] }
    let parts = uses.map { use in
      EventExplanation.Part(
        inspection: explainer.inspect(rules.rules[use.rule], flat),
        correlation: use.correlation.map { rules.correlations[$0].id },
        group: group(of: event.fields, use))
    }
    return EventExplanation(
      event: record.id, ts: record.ts, receivedAt: record.receivedAt,
      sourceType: record.sourceType, ruleID: id, version: version,
      correlation: correlation.map { EventExplanation.Correlation($0) }, parts: parts)
  }

  /// A rule as a correlation refers to it.
  private struct Use {
    let rule: Int
    let correlation: Int?
    let reference: String
  }

  private func uses(of id: String) throws(BacktestError) -> [Use] {
    if let rule = rules.index(ofRule: id) {
      return [Use(rule: rule, correlation: nil, reference: "")]
    }
    guard let correlation = rules.index(ofCorrelation: id) else {
      throw BacktestError(.unknownRule, "rule: none goes by the id \"\(id)\"")
    }
    var uses: [Use] = []
    var seen: Set<Int> = []
    collect(correlation, &seen, &uses)
    return uses
  }

  private func collect(_ correlation: Int, _ seen: inout Set<Int>, _ uses: inout [Use]) {
    guard seen.insert(correlation).inserted else { return }
    for (position, member) in rules.members[correlation].enumerated() {
      switch member {
      case .rule(let index):
        uses.append(
          Use(
            rule: index, correlation: correlation,
            reference: rules.correlations[correlation].rules[position]))
      case .correlation(let inner): collect(inner, &seen, &uses)
      }
    }
  }

  private func group(of event: EventFields, _ use: Use) -> [EventExplanation.GroupField] {
    guard let correlation = use.correlation.map({ rules.correlations[$0] }) else { return [] }
    let values = carriers[use.rule].correlatedValues(of: event)
    return correlation.groupBy.map { name in
      let field = correlation.field(name, ofReference: use.reference)
      let value = values.first { $0.name == field }?.value
      return EventExplanation.GroupField(name: name, field: field, value: value)
    }
  }
}
