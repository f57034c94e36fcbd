/// How busy a pool is at one moment.
public struct PostgresPoolStatistics: Sendable, Equatable {
  public let idle: Int
  public let leased: Int
  /// Tasks that wait for a connection.
  public let waiting: Int
  public let opening: Int
  public let maxConnections: Int
}

extension PostgresPool {
  public var statistics: PostgresPoolStatistics {
    state.withLock {
      PostgresPoolStatistics(
        idle: $0.machine.idle.count, leased: $0.machine.leased.count,
        waiting: $0.machine.waiters.count, opening: $0.machine.opening.count,
        maxConnections: maxConnections)
    }
  }
}
