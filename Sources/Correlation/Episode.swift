public import Core

/// A run of moments at which a condition holds, and the incident that stands for it.
public struct Episode: Sendable, Equatable {
  public let incident: IncidentID
  /// The place among the group's incidents by age; the lowest keeps its number when several become
  /// one. The incident's number where it has one.
  public let age: Int64
  /// `CorrelationPlan.since` of the plan that raised it. Incidents of another time are never touched.
  public let since: Int64
  /// The first and the last time at which the condition holds.
  public var first: Timestamp
  public var last: Timestamp

  public init(incident: IncidentID, age: Int64, since: Int64, first: Timestamp, last: Timestamp) {
    self.incident = incident
    self.age = age
    self.since = since
    self.first = first
    self.last = last
  }
}

/// An incident as the store knows it, for a timeline that is loaded.
public struct KnownIncident: Sendable {
  public let ruleID: String
  public let groupKey: String
  public let episode: Episode

  public init(ruleID: String, groupKey: String, episode: Episode) {
    self.ruleID = ruleID
    self.groupKey = groupKey
    self.episode = episode
  }
}
