public import Core

/// A change of an incident, as the outbox keeps it.
public struct OutboxMessage: Sendable, Equatable {
  public let organization: OrganizationID
  /// 1, 2, 3 … for each organization, in the order of the commits.
  public let sequence: Int64
  public let at: Timestamp
  public let change: IncidentNotice

  public init(
    organization: OrganizationID, sequence: Int64, at: Timestamp, change: IncidentNotice
  ) {
    self.organization = organization
    self.sequence = sequence
    self.at = at
    self.change = change
  }
}

/// What followers are told of an incident: enough to show it in a list, and to fetch the rest.
public struct IncidentNotice: Sendable, Equatable {
  /// In UUID form.
  public let id: String
  public let number: Int64
  public let revision: Int32
  public let status: String
  public let severity: String
  /// What was done: `opened`, `updated`, …
  public let action: String
  public let title: String

  public init(
    id: String, number: Int64, revision: Int32, status: String, severity: String, action: String,
    title: String
  ) {
    self.id = id
    self.number = number
    self.revision = revision
    self.status = status
    self.severity = severity
    self.action = action
    self.title = title
  }

  /// `INC-1042`.
  public var name: String { "INC-\(number)" }

  /// The kind of change that clients tell apart: `incident.opened`, `incident.merged` or
  /// `incident.updated`.
  public var kind: String {
    switch action {
    case "opened", "created": "incident.opened"
    case "merged": "incident.merged"
    default: "incident.updated"
    }
  }
}

extension JSONWriter {
  /// The members of an incident's notice.
  public mutating func noticeMembers(_ notice: IncidentNotice, at: Timestamp) {
    member("id", notice.id)
    member("number", notice.name)
    member("revision", notice.revision)
    member("status", notice.status)
    member("severity", notice.severity)
    member("action", notice.action)
    member("title", notice.title)
    member("at", at)
  }
}
