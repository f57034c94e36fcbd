public import Core
public import Postgres

/// Brings what analysts' summaries are made of in line with incidents and detections.
///
/// Each change of an incident leaves a row in `incident_changes`, committed with it. A pass takes some of
/// these rows away and, in the same transaction and of the same moment, puts what it counts of their
/// incidents in the place of what had been counted of them. So a change is counted once, whatever is
/// killed, and however often it is told. One pass runs at a time in the whole installation.
public struct AnalyticsRefresh: Sendable {
  /// Seconds in which the risk of an entity halves.
  public let halfLife: Int32
  public let limits: AnalyticsLimits

  /// The advisory lock of the pass that runs.
  static let lock: Int64 = 0x4852_416E_616C

  public init(halfLife: Int32, limits: AnalyticsLimits = AnalyticsLimits()) {
    precondition(halfLife > 0)
    self.halfLife = halfLife
    self.limits = limits
  }

  /// One pass; nil where another one is running.
  public func pass(on connection: isolated PostgresConnection) throws -> AnalyticsPass? {
    try exclusively(on: connection) {
      var pass = AnalyticsPass()
      try connection.transaction(isolation: .repeatableRead) {
        try countIncidents(&pass, on: connection)
      }
      try connection.transaction(isolation: .repeatableRead) {
        try countDetections(&pass, on: connection)
      }
      return pass
    }
  }

  /// Makes the risk of some entities anew that was made with another half-life.
  ///
  /// - Returns: whose it was; empty where there are none left. Nil where a pass is running.
  public func adoptHalfLife(
    on connection: isolated PostgresConnection
  ) throws -> Set<OrganizationID>? {
    try exclusively(on: connection) {
      try connection.transaction(isolation: .repeatableRead) {
        let entities = try connection.query(
          Self.findOutdated, [.int4(halfLife), .int8(limits.changes)]
        ) { row in
          EntityKey(
            organization: try row.int4(0), type: try row.text(1), value: try row.text(2))
        }
        try scoreEntities(entities.map { ($0, 0) }, on: connection)
        return Set(entities.map { OrganizationID($0.organization) })
      }
    }
  }

  /// Runs the body while no other pass can run. The lock is the session's: it is taken before the
  /// transactions begin, whose snapshot then holds all that the pass before has done.
  private func exclusively<R>(
    on connection: isolated PostgresConnection, _ body: () throws -> R
  ) throws -> R? {
    let isFree = try connection.query(Self.tryLock, [.int8(Self.lock)]) { try $0.bool(0) }
    guard isFree.first == true else { return nil }
    let result = Result { try body() }
    // A session that is lost has lost the lock with it.
    if (try? connection.execute(Self.unlock, [.int8(Self.lock)])) == nil { connection.close() }
    return try result.get()
  }

  private static let tryLock = PostgresStatement(
    "analytics.lock", "select pg_try_advisory_lock($1)")
  private static let unlock = PostgresStatement(
    "analytics.unlock", "select pg_advisory_unlock($1)")
  private static let findOutdated = PostgresStatement(
    "analytics.outdated_risk",
    """
    select organization_id, entity_type, entity_value
    from entity_risk
    where half_life <> $1
    order by organization_id, entity_type, entity_value
    limit $2
    """)
}
