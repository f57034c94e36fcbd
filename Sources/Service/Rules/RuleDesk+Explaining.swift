internal import Backtest
internal import Core
internal import Correlation
internal import EventStore
internal import IncidentStore
internal import Postgres
internal import RuleStore
internal import Rulebook
internal import Sigma
internal import Tenancy

extension RuleDesk {
  /// Detections that are looked at for what exceptions kept back.
  private static let keptBackLimit = 10_000
  /// Exceptions that are named.
  private static let exceptionLimit = 50
  private static let longestMargin: Int64 = 366 * 86_400 * 1_000_000

  /// A rule, or all rules of a correlation, held against an event; the version in force, or a former one.
  ///
  /// - Throws: the ``Problem`` 404 for what is not there, 409 for a rule that cannot run.
  func explain(
    _ event: StoredEvent, rule id: String, version: Int32?, of organization: OrganizationID
  ) async throws -> EventExplanation {
    let rules = try await rulebook.latest(organization)
    let trial: RuleTrialSet
    var shown = rules.record(id)?.version
    if let version {
      guard let record = try await store.record(id, organization, version: version) else {
        throw Problem.noSuch("rule and version")
      }
      trial = rules.trial(of: [id], with: [record])
      shown = version
    } else {
      guard rules.record(id) != nil else { throw Problem.noSuch("rule") }
      trial = rules.trial(of: [id])
    }
    guard trial.subjects.contains(id) else { throw Problem.notRunning(id, trial.refusals) }
    return try await EventExplainer(
      rules: trial.set, version: shown, mappings: backtest.mappings
    ).explain(
      EventRecord(event), rule: id)
  }

  /// On what an incident rests, by the versions of the rules that found its events.
  ///
  /// - Parameter events: reads one event with its raw record.
  func explain(
    _ incident: Incident, rule: Incident.Rule, of organization: OrganizationID,
    event: (EventID) async throws -> StoredEvent?
  ) async throws -> IncidentExplanation {
    let (evidence, versions) = try await tenants.withConnection(organization) { connection in
      (
        try IncidentQueries.evidence(
          organization, incident.id, limit: IncidentExplainer.maximumEvents, merged: false,
          on: connection),
        try IncidentQueries.versions(
          organization, incident.id, ofFirst: IncidentExplainer.maximumEvents, on: connection)
      )
    }
    let set = try await rules(rule, members: versions, of: organization)
    var events: [IncidentEvent] = []
    for item in evidence {
      let stored = try await event(item.event.id)
      events.append(
        IncidentEvent(
          key: item.event, ruleID: item.ruleIDs.first ?? rule.id,
          record: try stored.map { try EventRecord($0) }))
    }
    let stored = StoredExplanation(incident.explanation)
    let first = incident.firstEventAt ?? incident.createdAt
    let last = incident.lastEventAt ?? first
    let summary = IncidentSummary(
      id: incident.id.description, ruleID: rule.id, version: rule.version, title: rule.title,
      group: stored.group, first: first, last: last, eventCount: incident.eventCount,
      threshold: stored.threshold, stored: Array(incident.explanation.utf8))
    let kept = try await keptBack(summary, stored, set, of: organization)
    return try await IncidentExplainer(rules: set, mappings: backtest.mappings).explain(
      summary, evidence: events, keptBack: kept)
  }

  /// The rules as they were: a version that cannot be read any more is left out.
  private func rules(
    _ rule: Incident.Rule, members: [(ruleID: String, version: Int32)],
    of organization: OrganizationID
  ) async throws -> RuleSet {
    var records: [RuleRecord] = []
    for (id, version) in members where id != rule.id {
      if let record = try await store.record(id, organization, version: version) {
        records.append(record)
      }
    }
    if let record = try await store.record(rule.id, organization, version: rule.version) {
      records.append(record)
    }
    let current = try await rulebook.latest(organization)
    return current.trial(of: [rule.id], with: records).set
  }

  private func keptBack(
    _ incident: IncidentSummary, _ stored: StoredExplanation, _ set: RuleSet,
    of organization: OrganizationID
  ) async throws -> [KeptBack] {
    let seconds = max(0, min(stored.timespanSeconds, Double(Self.longestMargin) / 1e6))
    let margin = Int64(seconds * 1e6)
    var request = KeptBackRequest(
      subject: incident.ruleID, ruleIDs: set.rules.map(\.id),
      from: max(.earliest, incident.first.advanced(byMicroseconds: -margin)),
      to: min(.latest, incident.last.advanced(byMicroseconds: margin)))
    if let index = set.index(ofCorrelation: incident.ruleID) {
      request.fields = set.groupFields(ofCorrelation: index, incident.group)
    } else {
      request.columns = incident.group.map {
        .init(ruleID: incident.ruleID, field: $0.name, value: $0.value)
      }
    }
    let counts = try await tenants.withConnection(organization) { [request] connection in
      try IncidentQueries.keptBack(
        request, organization, limit: Self.keptBackLimit, on: connection)
    }
    var kept: [KeptBack] = []
    for (id, count) in counts.prefix(Self.exceptionLimit) {
      let exception = try await store.exception(id, organization)
      kept.append(
        KeptBack(
          exception: id, reason: exception?.exception.reason ?? "", count: Int(clamping: count)))
    }
    return kept
  }
}

extension RuleSet {
  /// What detections of a correlation's own rules must have to be of a group.
  fileprivate func groupFields(
    ofCorrelation index: Int, _ group: [GroupValue]
  ) -> [KeptBackRequest.GroupField] {
    let correlation = correlations[index]
    var fields: [KeptBackRequest.GroupField] = []
    for (position, member) in members[index].enumerated() {
      guard case .rule(let rule) = member else { continue }
      for value in group {
        let field = correlation.field(value.name, ofReference: correlation.rules[position])
        fields.append(.init(ruleID: rules[rule].id, field: field, value: value.value))
      }
    }
    return fields
  }
}

extension EventRecord {
  /// - Throws: the ``Problem`` 404 of an event without its raw record.
  init(_ event: StoredEvent) throws(Problem) {
    guard let raw = event.raw else { throw .noSuch("event with its record") }
    self.init(
      id: event.id, ts: event.ts, receivedAt: event.receivedAt,
      sourceType: event.columns.sourceType, raw: raw)
  }
}

extension Problem {
  /// The rule is there and cannot run by itself.
  static func notRunning(_ id: String, _ refusals: [RuleRefusal]) -> Problem {
    Problem(
      slug: "rule_not_running", title: "The rule does not run", status: 409,
      detail: refusals.first.map { "\(id): \($0.reason)" }
        ?? "\(id): a filter does not match by itself",
      errors: refusals.prefix(100).map {
        FieldError(
          pointer: "line \($0.line)", code: $0.code.rawValue, detail: $0.reason)
      })
  }
}
