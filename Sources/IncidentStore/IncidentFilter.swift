public import Core

/// Which incidents a list shows; what is empty or nil does not narrow it.
public struct IncidentFilter: Sendable, Equatable {
  public enum Assignee: Sendable, Equatable {
    case nobody
    case person(String)
  }

  public var statuses: [IncidentStatus] = []
  public var severities: [IncidentSeverity] = []
  public var verdicts: [IncidentVerdict] = []
  public var assignee: Assignee?
  /// `T1110.001`; a technique also finds its sub-techniques.
  public var technique: String?
  public var entity: IncidentEntity?
  public var ruleID: String?
  public var tag: String?
  /// Whole words of title or reason, all of them, in any case; of three letters and more.
  public var text: String?
  public var createdSince: Timestamp?
  public var updatedSince: Timestamp?

  public init() {}
}

/// The order of a list. What is equal in `key` is ordered by number, the same way.
public struct IncidentSort: Sendable, Equatable {
  public enum Key: String, CaseIterable, Sendable {
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    /// An incident without events stands where it was opened.
    case lastEventAt = "last_event_at"
    case severity
    case number
  }

  public var key: Key
  public var isDescending: Bool

  public init(_ key: Key, descending: Bool = true) {
    self.key = key
    isDescending = descending
  }

  /// Newest first.
  public static let standard = IncidentSort(.createdAt)
}

/// A place in a list: behind the incident with these values. A cursor is this, signed.
public struct IncidentPosition: Sendable, Equatable {
  /// Microseconds since 1970 of the key; the severity's rank from 0; or the number.
  public let value: Int64
  public let number: Int64

  public init(value: Int64, number: Int64) {
    self.value = value
    self.number = number
  }

  /// The place behind `incident`.
  public init(after incident: Incident, _ sort: IncidentSort) {
    number = incident.number
    value =
      switch sort.key {
      case .createdAt: incident.createdAt.microseconds
      case .updatedAt: incident.updatedAt.microseconds
      case .lastEventAt: (incident.ownLastEventAt ?? incident.createdAt).microseconds
      case .severity: Int64(IncidentSeverity.allCases.firstIndex(of: incident.severity) ?? 0)
      case .number: incident.number
      }
  }
}
