public import Core
public import Correlation
public import EventStore

/// What is to be explained of an incident, as its store has it.
public struct IncidentSummary: Sendable {
  public var id: String
  /// The correlation, or the plain rule, that raised it.
  public var ruleID: String
  public var version: Int32
  public var title: String
  public var group: [GroupValue]
  public var first: Timestamp
  public var last: Timestamp
  public var eventCount: Int64
  /// `gte 6`; nil where the condition compares nothing.
  public var threshold: String?
  /// The JSON that was stored when it was opened.
  public var stored: [UInt8]

  public init(
    id: String, ruleID: String, version: Int32, title: String, group: [GroupValue],
    first: Timestamp, last: Timestamp, eventCount: Int64, threshold: String?, stored: [UInt8]
  ) {
    self.id = id
    self.ruleID = ruleID
    self.version = version
    self.title = title
    self.group = group
    self.first = first
    self.last = last
    self.eventCount = eventCount
    self.threshold = threshold
    self.stored = stored
  }
}

/// An event on which an incident rests.
public struct IncidentEvent: Sendable {
  /// Nil where the event is no longer stored.
  public var record: EventRecord?
  public var key: EventKey
  /// The rule that found it.
  public var ruleID: String

  public init(key: EventKey, ruleID: String, record: EventRecord?) {
    self.key = key
    self.ruleID = ruleID
    self.record = record
  }
}

/// How many detections an exception has kept from an incident's rule and group.
public struct KeptBack: Sendable, Hashable {
  public var exception: Int64
  public var reason: String
  public var count: Int

  public init(exception: Int64, reason: String, count: Int) {
    self.exception = exception
    self.reason = reason
    self.count = count
  }
}
