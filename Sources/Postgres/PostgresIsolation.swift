/// What a transaction sees of others (PostgreSQL manual, 13.2).
public enum PostgresIsolation: Sendable {
  case readCommitted
  case repeatableRead
  case serializable
  /// Repeatable read, and the server refuses changes.
  case readOnlySnapshot

  var begin: String {
    switch self {
    case .readCommitted: "begin isolation level read committed"
    case .repeatableRead: "begin isolation level repeatable read"
    case .serializable: "begin isolation level serializable"
    case .readOnlySnapshot: "begin isolation level repeatable read, read only"
    }
  }
}
