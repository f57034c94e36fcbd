public import Core
internal import Postgres
public import Tenancy

/// Reads stored events for analysts.
///
/// The pool that it gets should run with `enable_sort=off`, `jit=off` and
/// `plan_cache_mode=force_custom_plan`: the planner expects three rows of a busy address that has
/// 100,000 and would fetch and sort them all.
public struct EventQueries: Sendable {
  private let records: RawRecords
  private let tenants: TenantPool

  /// - Parameter records: the dictionaries.
  public init(records: RawRecords, tenants: TenantPool) {
    self.records = records
    self.tenants = tenants
  }

  /// Bytes of raw records that a page holds, but for the last one's.
  public static let rawBytesOfPage = 8 << 20

  /// One page, newest first unless `ascending`, of at most `limit` events. With raw records it ends
  /// after the event that brings them to `rawBytes`, so that it has at least one.
  public func list(
    _ filter: EventFilter, after position: EventPosition? = nil, ascending: Bool = false,
    limit: Int, withRaw: Bool = false, rawBytes: Int = EventQueries.rawBytesOfPage
  ) async throws -> EventPage {
    let query = EventListQuery(
      filter: filter, position: position, ascending: ascending, limit: limit,
      rawBytes: withRaw ? rawBytes : nil)
    return try await records.decoding(filter.organization, on: tenants) { connection, decoder in
      var page = EventPage()
      var bytes = 0
      _ = try connection.query(query.statement, query.parameters) { row in
        // The database bounds what is stored; it may be many times that once it is decoded.
        guard !page.isCutShort, !withRaw || (bytes < rawBytes && !row.isNull(18)) else {
          page.isCutShort = true
          return
        }
        let event = try StoredEvent(row, decoder: withRaw ? decoder : nil)
        bytes += event.raw?.count ?? 0
        page.events.append(event)
      }
      return page
    }
  }

  /// One event with its raw record; nil if the organization has none of that id.
  public func event(_ id: EventID, of organization: OrganizationID) async throws -> StoredEvent? {
    let millisecond = id.timestamp
    return try await records.decoding(organization, on: tenants) { connection, decoder in
      try connection.query(
        Self.item,
        [
          .int4(organization.rawValue), .timestamptz(microseconds: millisecond.microseconds),
          .timestamptz(microseconds: millisecond.microseconds + 999),
          .uuid(high: id.high, low: id.low),
        ]
      ) { try StoredEvent($0, decoder: decoder) }.first
    }
  }

  private static let item = PostgresStatement(
    "events.item",
    """
    select \(EventListQuery.columns), raw
    from events
    where organization_id = $1 and ts between $2 and $3 and id = $4 and deleted_at is null
    """)
}

/// The SQL of one page of the event list. Conditions are chosen from a fixed set; values are always
/// parameters.
struct EventListQuery: Sendable {
  static let columns = """
    id, ts, received_at, batch_id, severity, src_port, dst_port, source_type, event_id, src_ip, dst_ip, \
    protocol, host, "user", process, action, outcome, message
    """

  private(set) var parameters: [PostgresValue] = []
  let statement: PostgresStatement

  init(
    filter: EventFilter, position: EventPosition?, ascending: Bool, limit: Int, rawBytes: Int?
  ) {
    var values: [PostgresValue] = []
    func bind(_ value: PostgresValue) -> String {
      values.append(value)
      return "$\(values.count)"
    }
    var conditions = [
      "organization_id = \(bind(.int4(filter.organization.rawValue)))",
      "ts >= \(bind(.timestamptz(microseconds: filter.from.microseconds)))",
      "ts < \(bind(.timestamptz(microseconds: filter.to.microseconds)))",
      "deleted_at is null",
    ]
    if let severity = filter.severity {
      conditions.append("severity >= \(bind(.int2(severity.lowerBound)))")
      conditions.append("severity <= \(bind(.int2(severity.upperBound)))")
    }
    for (column, value) in [
      ("source_type", filter.sourceType), ("event_id", filter.eventID), ("host", filter.host),
      ("\"user\"", filter.user), ("action", filter.action), ("outcome", filter.outcome),
    ] {
      if let value { conditions.append("\(column) = \(bind(.text(value)))") }
    }
    for (column, condition) in [("src_ip", filter.srcIP), ("dst_ip", filter.dstIP)] {
      switch condition {
      case .equals(let address): conditions.append("\(column) = \(bind(.inet(address.bytes)))")
      case .within(let block):
        // The bounds find the index, which `<<=` can't under row-level security: it is not leakproof.
        conditions.append("\(column) >= \(bind(.inet(block.first.bytes)))")
        conditions.append("\(column) <= \(bind(.inet(block.last.bytes)))")
        conditions.append("\(column) <<= \(bind(.text(block.description)))::text::inet")
      case nil: break
      }
    }
    if let position {
      let ts = bind(.timestamptz(microseconds: position.ts.microseconds))
      let id = bind(.uuid(high: position.id.high, low: position.id.low))
      // The bound on ts alone prunes the partitions that the row comparison does not.
      conditions.append("ts \(ascending ? ">=" : "<=") \(ts)")
      conditions.append("(ts, id) \(ascending ? ">" : "<") (\(ts), \(id))")
    }
    let order = ascending ? "ts asc, id asc" : "ts desc, id desc"
    let page = """
      from events
      where \(conditions.joined(separator: " and "))
      order by \(order)
      limit \(bind(.int8(Int64(limit))))
      """
    if let rawBytes {
      // Lengths are known without reading the records, so those behind the bound are never read.
      statement = PostgresStatement(
        "events.list_raw",
        """
        select \(Self.columns), case when bytes_before < \(bind(.int8(Int64(rawBytes)))) then raw end
        from (
          select \(Self.columns), raw,
            sum(octet_length(raw)) over (order by \(order) rows unbounded preceding)
              - octet_length(raw) as bytes_before
          \(page)
        ) page
        order by \(order)
        """)
    } else {
      statement = PostgresStatement("events.list", "select \(Self.columns)\n\(page)")
    }
    parameters = values
  }
}

extension StoredEvent {
  /// Reads a row of `EventListQuery.columns`, with `raw` behind them where there is a decoder for it.
  init(_ row: PostgresRow, decoder: RawDecoder?) throws {
    let uuid = try row.uuid(0)
    id = EventID(high: uuid.high, low: uuid.low)
    ts = Timestamp(microseconds: try row.timestamptz(1))
    receivedAt = Timestamp(microseconds: try row.timestamptz(2))
    batchID = try row.int8(3)
    columns = EventColumns()
    columns.ts = ts
    columns.severity = EventSeverity(clamping: Int(try row.int2(4)))
    columns.srcPort = try row.optionalInt4(5)
    columns.dstPort = try row.optionalInt4(6)
    columns.sourceType = try row.text(7)
    columns.eventID = try row.optionalText(8)
    columns.srcIP = try row.optionalInet(9).flatMap { IPAddress(bytes: $0) }
    columns.dstIP = try row.optionalInet(10).flatMap { IPAddress(bytes: $0) }
    columns.proto = try row.optionalText(11)
    columns.host = try row.optionalText(12)
    columns.user = try row.optionalText(13)
    columns.process = try row.optionalText(14)
    columns.action = try row.optionalText(15)
    columns.outcome = try row.optionalText(16)
    columns.message = try row.optionalText(17)
    raw = try decoder?.decode(try row.bytea(18))
  }
}
