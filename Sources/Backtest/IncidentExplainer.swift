internal import Core
internal import Correlation
internal import EventStore
public import Normalization
internal import Rulebook
public import Sigma

/// Says of an incident on what it rests: what matched in each event, and how the condition came to
/// hold.
public struct IncidentExplainer: Sendable {
  private let rules: RuleSet
  private let mappings: MappingCatalog
  private let carriers: [DetectionRule]
  private let explainer = RuleExplainer(aliases: FieldAliases.table)

  /// Events that are explained at most.
  public static let maximumEvents = 50

  /// - Parameter rules: those of the version that raised the incident; what is not among them is
  ///   explained by what was stored alone.
  public init(rules: RuleSet, mappings: MappingCatalog = .builtIn) {
    self.mappings = mappings
    self.rules = rules
    carriers = DetectionRule.all(of: rules)
  }

  /// Runs on a thread of low priority.
  ///
  /// - Parameters:
  ///   - evidence: the incident's events from the first on, in any order; those beyond
  ///     `maximumEvents` are left out.
  ///   - keptBack: what exceptions have kept back.
  /// - Throws: `CancellationError`.
  public func explain(
    _ incident: IncidentSummary, evidence: [IncidentEvent], keptBack: [KeptBack] = []
  ) async throws -> IncidentExplanation {
    try await withTaskExecutorPreference(BackgroundThread.explanations) {
      try await inspect(incident, evidence: evidence, keptBack: keptBack)
    }
  }

  @concurrent
  private func inspect(
    _ incident: IncidentSummary, evidence: [IncidentEvent], keptBack: [KeptBack]
  ) async throws -> IncidentExplanation {
    let shown = evidence.sorted { $0.key < $1.key }.prefix(Self.maximumEvents)
    var reader = RecordReader(mappings: mappings)
    var event = NormalizedEvent()
    var steps: [IncidentExplanation.Step] = []
    for evidence in shown {
      try Task.checkCancellation()
      steps.append(step(for: evidence, incident, &reader, &event))
      await Task.yield()
    }
    measure(&steps, incident)
    return IncidentExplanation(
      incident: incident, correlation: correlation(of: incident).map { .init($0) },
      steps: steps, left: max(0, incident.eventCount - Int64(steps.count)), keptBack: keptBack,
      isRuleKnown: rules.index(ofRule: incident.ruleID) != nil
        || rules.index(ofCorrelation: incident.ruleID) != nil)
  }

  private func correlation(of incident: IncidentSummary) -> CorrelationRule? {
    rules.index(ofCorrelation: incident.ruleID).map { rules.correlations[$0] }
  }

  private func step(
    for evidence: IncidentEvent, _ incident: IncidentSummary, _ reader: inout RecordReader,
    _ event: inout NormalizedEvent
  ) -> IncidentExplanation.Step {
    var step = IncidentExplanation.Step(key: evidence.key, ruleID: evidence.ruleID)
    guard let record = evidence.record else {
      step.missing = "the event is no longer stored"
      return step
    }
    step.sourceType = record.sourceType
    guard let index = rules.index(ofRule: evidence.ruleID) else {
      step.missing = "the rule is not among those of this version"
      return step
    }
    do throws(BacktestError) {
      try reader.read(record, into: &event)
    } catch {
      step.missing = error.message
      return step
    }
    step.match = explainer.explain(rules.rules[index], event.fields)
    step.counted = counted(of: event.fields, rule: index, incident)
    return step
  }

  /// The value that the correlation counts.
  private func counted(
    of event: EventFields, rule: Int, _ incident: IncidentSummary
  ) -> String? {
    guard let correlation = rules.index(ofCorrelation: incident.ruleID),
      case .comparison(let comparison) = rules.correlations[correlation].condition,
      let position = rules.members[correlation].firstIndex(of: .rule(rule))
    else { return nil }
    let own = rules.correlations[correlation]
    let carried = carriers[rule].correlatedValues(of: event)
    let values = comparison.fields.compactMap { name in
      let field = own.field(name, ofReference: own.rules[position])
      return carried.first { $0.name == field }?.value
    }
    guard !values.isEmpty, values.count == comparison.fields.count else { return nil }
    return values.joined(separator: " | ")
  }

  /// Fills in what the condition measures at each event. A chain of correlations is not measured: its
  /// windows are over what other correlations found.
  private func measure(_ steps: inout [IncidentExplanation.Step], _ incident: IncidentSummary) {
    guard let index = rules.index(ofCorrelation: incident.ruleID),
      rules.members[index].allSatisfy({ if case .rule = $0 { true } else { false } })
    else { return }
    var tally = WindowTally(rules.correlations[index])
    var start = 0
    while start < steps.count {
      let ts = steps[start].key.ts
      let end = steps[start...].firstIndex { $0.key.ts != ts } ?? steps.count
      let measured = tally.add(
        steps[start..<end].map { ($0.ruleID, $0.counted) }, at: ts)
      for position in start..<end { steps[position].measured = measured }
      start = end
    }
  }
}
