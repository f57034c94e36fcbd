public import Core
internal import Postgres
public import Tenancy

/// Which entries a list holds. All conditions must hold; nil is no condition.
public struct AuditFilter: Hashable, Sendable {
  /// Inclusive.
  public var from: Timestamp
  /// Exclusive.
  public var to: Timestamp
  public var actor: String?
  public var action: String?
  public var objectType: String?
  public var objectID: String?
  public var outcome: AuditEntry.Outcome?

  public init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }
}

/// Where a page begins: behind this entry.
public struct AuditPosition: Hashable, Sendable {
  public var at: Timestamp
  public var number: Int64

  public init(at: Timestamp, number: Int64) {
    self.at = at
    self.number = number
  }
}

/// An entry as it was written.
public struct StoredAuditEntry: Sendable {
  public var entry: AuditEntry
  public var number: Int64

  public var position: AuditPosition { AuditPosition(at: entry.at, number: number) }
}

/// Reads the audit log of one organization.
public struct AuditQueries: Sendable {
  private let tenants: TenantPool

  public init(tenants: TenantPool) {
    self.tenants = tenants
  }

  /// One page, newest first.
  public func list(
    _ filter: AuditFilter, of organization: OrganizationID, after position: AuditPosition? = nil,
    limit: Int
  ) async throws -> [StoredAuditEntry] {
    let query = AuditListQuery(organization, filter, after: position, limit: limit)
    return try await tenants.withConnection(organization) { connection in
      try connection.query(query.statement, query.values, row: StoredAuditEntry.init)
    }
  }
}

/// The SQL of a page. Conditions are chosen from a fixed set; values are always parameters.
private struct AuditListQuery: Sendable {
  private(set) var values: [PostgresValue] = []
  let statement: PostgresStatement

  init(
    _ organization: OrganizationID, _ filter: AuditFilter, after position: AuditPosition?,
    limit: Int
  ) {
    var values: [PostgresValue] = []
    func bind(_ value: PostgresValue) -> String {
      values.append(value)
      return "$\(values.count)"
    }
    var conditions = [
      "organization_id = \(bind(.int4(organization.rawValue)))",
      "at >= \(bind(.timestamptz(microseconds: filter.from.microseconds)))",
      "at < \(bind(.timestamptz(microseconds: filter.to.microseconds)))",
    ]
    for (column, value) in [
      ("actor", filter.actor), ("action", filter.action), ("object_type", filter.objectType),
      ("object_id", filter.objectID), ("outcome", filter.outcome?.rawValue),
    ] {
      if let value { conditions.append("\(column) = \(bind(.text(value)))") }
    }
    if let position {
      let at = bind(.timestamptz(microseconds: position.at.microseconds))
      // The bound on the time alone prunes the partitions that the row comparison does not.
      conditions.append("at <= \(at)")
      conditions.append("(at, id) < (\(at), \(bind(.int8(position.number))))")
    }
    statement = PostgresStatement(
      "audit.list",
      """
      select at, id, organization_id, actor, session, address, action, object_type, object_id, outcome,
        status, request_id
      from audit_log
      where \(conditions.joined(separator: "\n  and "))
      order by at desc, id desc
      limit \(bind(.int8(Int64(limit))))
      """)
    self.values = values
  }
}

extension StoredAuditEntry {
  init(_ row: PostgresRow) throws {
    guard let outcome = AuditEntry.Outcome(rawValue: try row.text(9)) else {
      throw AccessError(.corruptRow, "audit_log.outcome is none that this version knows")
    }
    number = try row.int8(1)
    entry = AuditEntry(
      at: Timestamp(microseconds: try row.timestamptz(0)),
      organization: OrganizationID(try row.int4(2)), actor: try row.text(3),
      session: try row.optionalUUID(4).map { SessionID(high: $0.high, low: $0.low) },
      address: try row.optionalInet(5).flatMap { IPAddress(bytes: $0) }, action: try row.text(6),
      object: try row.optionalText(7).map { .init(type: $0, id: try row.optionalText(8)) },
      outcome: outcome, status: Int(try row.int4(10)), requestID: try row.text(11))
  }
}
