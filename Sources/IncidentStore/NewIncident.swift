public import Core
internal import Correlation
internal import Postgres

/// An incident that a person opens.
public struct NewIncident: Sendable, Equatable {
  public var title: String
  public var reason: String
  public var severity: IncidentSeverity
  public var srcIP: IPAddress?
  public var entities: [IncidentEntity] = []
  public var assignee: String?
  public var tags: [String] = []
  public var techniques: [String] = []
  /// When what it is about happened.
  public var occurredAt: Timestamp?

  public init(title: String, reason: String, severity: IncidentSeverity) {
    self.title = title
    self.reason = reason
    self.severity = severity
  }

  func values(_ organization: OrganizationID, _ id: IncidentID) -> [PostgresValue] {
    var all = entities
    if let srcIP { all.append(IncidentEntity(type: "ip", value: srcIP.description)) }
    return [
      .int4(organization.rawValue), id.value, .text(title), .text(reason),
      .text(severity.rawValue), .optionalInet(srcIP?.bytes),
      .jsonb(JSONText.array(all.map(\.json))), .optionalText(assignee), .textArray(tags),
      .textArray(techniques), .optionalTimestamptz(microseconds: occurredAt?.microseconds),
    ]
  }
}
