public import Core

/// A run of moments at which a condition holds, and the incident that stands for it.
public struct Episode: Sendable, Equatable {
  public let incident: IncidentID
  /// The place among the group's incidents by age; the lowest keeps its number when several become
  /// one. The incident's number where it has one.
  public let age: Int64
  /// The version of the rule that raised it.
  public var version: Int32
  /// The first and the last time at which the condition holds.
  public var first: Timestamp
  public var last: Timestamp

  public init(incident: IncidentID, age: Int64, version: Int32, first: Timestamp, last: Timestamp) {
    self.incident = incident
    self.age = age
    self.version = version
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
