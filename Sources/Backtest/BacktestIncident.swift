public import Core
public import Correlation

/// An incident that a version of the rules would raise.
public struct BacktestIncident: Sendable, Hashable {
  public var ruleID: String
  public var title: String
  public var severity: IncidentSeverity
  public var group: [GroupValue]
  /// The times of the first and the last event that it rests on.
  public var first: Timestamp
  public var last: Timestamp
  /// The event that made the condition hold.
  public var firstFire: EventKey
  public var eventCount: Int
  /// The first of its events.
  public var samples: [EventID]
}

extension BacktestIncident {
  init(_ incident: OfflineIncident, samples: Int) {
    self.init(
      ruleID: incident.plan.ruleID, title: incident.plan.title, severity: incident.plan.severity,
      group: incident.group, first: incident.evidence.first?.ts ?? incident.firstFire.ts,
      last: incident.evidence.last?.ts ?? incident.firstFire.ts, firstFire: incident.firstFire,
      eventCount: incident.evidence.count,
      samples: incident.evidence.prefix(samples).map(\.id))
  }
}
