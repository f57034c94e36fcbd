public import Core
public import Postgres

/// A record that could not be stored as an event.
public struct QuarantinedItem: Sendable, Equatable {
  /// What has become of it.
  public enum State: String, CaseIterable, Sendable {
    case held, replayed, dropped
  }

  public let id: Int64
  public let batchID: Int64
  /// Its place in the batch, from 0.
  public let index: Int32
  public let receivedAt: Timestamp
  public let sourceType: String?
  public let code: String
  public let detail: String
  public let state: State
  public let resolvedAt: Timestamp?
  public let resolvedBy: String?
  /// How many bytes it has.
  public let size: Int64
  /// The first of them; nil in lists.
  public let raw: [UInt8]?
}

/// What became of an attempt to drop a record.
public enum QuarantineDrop: Sendable, Equatable {
  case dropped(QuarantinedItem)
  /// It was dropped or replayed before.
  case refused(QuarantinedItem)
  case notFound
}

/// Quarantined records of one organization.
public enum QuarantineQueries {
  /// Bytes of a record that are shown.
  public static let mostBytes: Int32 = 256 << 10

  /// One page, the newest first.
  ///
  /// - Parameter before: the id at which the page before ended.
  public static func list(
    _ organization: OrganizationID, state: QuarantinedItem.State?, code: String?, limit: Int,
    before id: Int64? = nil, on connection: isolated PostgresConnection
  ) throws -> [QuarantinedItem] {
    var values: [PostgresValue] = [
      .int4(organization.rawValue), .int8(id ?? .max), .int8(Int64(limit)),
    ]
    var conditions = ["organization_id = $1", "id < $2"]
    if let state {
      values.append(.text(state.rawValue))
      conditions.append("state = $\(values.count)")
    }
    if let code {
      values.append(.text(code))
      conditions.append("code = $\(values.count)")
    }
    let statement = PostgresStatement(
      "quarantine.list",
      """
      select \(columns), null::bytea
      from quarantine
      where \(conditions.joined(separator: "\n  and "))
      order by id desc
      limit $3
      """)
    return try connection.query(statement, values, row: item)
  }

  /// With its first bytes; nil where the organization has none of that id.
  public static func item(
    _ organization: OrganizationID, _ id: Int64, on connection: isolated PostgresConnection
  ) throws -> QuarantinedItem? {
    try connection.query(
      findItem, [.int4(organization.rawValue), .int8(id), .int4(mostBytes)], row: item
    ).first
  }

  /// Gives a record up. It stays, with who did it and when.
  public static func drop(
    _ organization: OrganizationID, _ id: Int64, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> QuarantineDrop {
    try connection.transaction {
      let count = try connection.execute(
        dropItem, [.int4(organization.rawValue), .int8(id), .text(actor)])
      guard let item = try item(organization, id, on: connection) else { return .notFound }
      return count == 1 ? .dropped(item) : .refused(item)
    }
  }

  private static let columns = """
    id, batch_id, item_index, received_at, source_type, code, detail, state, resolved_at,
      resolved_by, octet_length(raw)::bigint
    """

  private static func item(_ row: PostgresRow) throws -> QuarantinedItem {
    let state = try row.text(7)
    guard let known = QuarantinedItem.State(rawValue: state) else {
      throw AnalyticsStoreError(.unknownValue, "quarantine has no state \"\(state)\"")
    }
    return QuarantinedItem(
      id: try row.int8(0), batchID: try row.int8(1), index: try row.int4(2),
      receivedAt: Timestamp(microseconds: try row.timestamptz(3)),
      sourceType: try row.optionalText(4), code: try row.text(5), detail: try row.text(6),
      state: known, resolvedAt: try row.optionalTimestamptz(8).map { Timestamp(microseconds: $0) },
      resolvedBy: try row.optionalText(9), size: try row.int8(10), raw: try row.optionalBytea(11))
  }

  static let findItem = PostgresStatement(
    "quarantine.item",
    """
    select \(columns), substring(raw from 1 for $3)
    from quarantine
    where organization_id = $1 and id = $2
    """)
  private static let dropItem = PostgresStatement(
    "quarantine.drop",
    """
    update quarantine
    set state = 'dropped', resolved_at = now(), resolved_by = $3
    where organization_id = $1 and id = $2 and state = 'held'
    """)
}
