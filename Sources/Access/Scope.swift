/// One thing that a credential may do.
public enum Scope: String, CaseIterable, Sendable {
  case eventsWrite = "events:write"
  case eventsRead = "events:read"
  case incidentsRead = "incidents:read"
  case incidentsWrite = "incidents:write"
  case rulesWrite = "rules:write"
  /// The service itself: slow queries, partitions, pools, the ledger.
  case operate
  /// The organization's users, keys and settings.
  case admin
}

/// The scopes that a credential carries.
public struct ScopeSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public init(_ scope: Scope) {
    rawValue = 1 << UInt16(scope.bit)
  }

  public init(_ scopes: some Sequence<Scope>) {
    self = scopes.reduce(into: []) { $0.formUnion(ScopeSet($1)) }
  }

  public static let eventsWrite = ScopeSet(.eventsWrite)
  public static let eventsRead = ScopeSet(.eventsRead)
  public static let incidentsRead = ScopeSet(.incidentsRead)
  public static let incidentsWrite = ScopeSet(.incidentsWrite)
  public static let rulesWrite = ScopeSet(.rulesWrite)
  public static let operate = ScopeSet(.operate)
  public static let admin = ScopeSet(.admin)

  public func contains(_ scope: Scope) -> Bool {
    isSuperset(of: ScopeSet(scope))
  }

  /// The scopes in the order in which ``Scope`` declares them.
  public var scopes: [Scope] {
    Scope.allCases.filter(contains)
  }

  /// `events:write` and so on, in the order in which ``Scope`` declares them.
  public var names: [String] {
    scopes.map(\.rawValue)
  }

  /// Reads scope names; nil where one of them is unknown.
  public init?(names: some Sequence<String>) {
    var set: ScopeSet = []
    for name in names {
      guard let scope = Scope(rawValue: name) else { return nil }
      set.insert(ScopeSet(scope))
    }
    self = set
  }
}

extension Scope {
  fileprivate var bit: Int {
    switch self {
    case .eventsWrite: 0
    case .eventsRead: 1
    case .incidentsRead: 2
    case .incidentsWrite: 3
    case .rulesWrite: 4
    case .operate: 5
    case .admin: 6
    }
  }
}
