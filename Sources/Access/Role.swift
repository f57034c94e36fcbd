/// What a person is in an organization. Each role may do all that the ones before it may.
public enum Role: String, CaseIterable, Sendable {
  case viewer, analyst, lead, admin
  /// An administrator who also runs the service itself.
  case `operator`

  public var scopes: ScopeSet {
    switch self {
    case .viewer: [.eventsRead, .incidentsRead]
    case .analyst: Role.viewer.scopes.union(.incidentsWrite)
    case .lead: Role.analyst.scopes.union(.rulesWrite)
    case .admin: Role.lead.scopes.union([.eventsWrite, .admin])
    case .operator: Role.admin.scopes.union(.operate)
    }
  }
}
