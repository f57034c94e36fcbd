public import Core
internal import Postgres
public import Tenancy

/// A stored event as rules are run on it again: what its sensor sent, and what was made of it when it
/// came.
public struct EventRecord: Sendable, Hashable {
  public var id: EventID
  public var ts: Timestamp
  public var receivedAt: Timestamp
  public var sourceType: String
  /// The record as the sensor sent it.
  public var raw: [UInt8]

  public init(
    id: EventID, ts: Timestamp, receivedAt: Timestamp, sourceType: String, raw: [UInt8]
  ) {
    self.id = id
    self.ts = ts
    self.receivedAt = receivedAt
    self.sourceType = sourceType
    self.raw = raw
  }

  /// Nil where the event was read without its record.
  public init?(_ event: StoredEvent) {
    guard let raw = event.raw else { return nil }
    self.init(
      id: event.id, ts: event.ts, receivedAt: event.receivedAt,
      sourceType: event.columns.sourceType, raw: raw)
  }
}

/// One organization's events of a stretch of time.
public struct EventRecordRange: Sendable, Hashable {
  public var organization: OrganizationID
  /// Inclusive.
  public var from: Timestamp
  /// Exclusive.
  public var to: Timestamp
  /// Nil for every source type.
  public var sourceType: String?

  public init(
    organization: OrganizationID, from: Timestamp, to: Timestamp, sourceType: String? = nil
  ) {
    self.organization = organization
    self.from = from
    self.to = to
    self.sourceType = sourceType
  }
}

/// Some records of a range, in the order of (`ts`, `id`).
public struct EventRecordPage: Sendable {
  public var records: [EventRecord] = []
  /// Whether there are more behind them.
  public var isCutShort = false
}

/// Reads a range of stored records from its beginning to its end, page by page, as rules are run over
/// them. Like `EventQueries`, it wants a pool with the settings for analysts.
public struct EventRecords: Sendable {
  private let records: RawRecords
  private let tenants: TenantPool

  /// - Parameter records: the dictionaries.
  public init(records: RawRecords, tenants: TenantPool) {
    self.records = records
    self.tenants = tenants
  }

  /// One page, oldest first, of at most `limit` records. It ends after the record that brings it to
  /// `rawBytes`, so that it has at least one.
  ///
  /// - Parameters:
  ///   - position: the last record of the page before; nil for the first page.
  ///   - timeout: the server ends the statement that takes longer, with `PostgresError` of code
  ///     `.statementTimeout`.
  public func page(
    _ range: EventRecordRange, after position: EventPosition? = nil, limit: Int,
    rawBytes: Int = EventQueries.rawBytesOfPage, timeout: Duration
  ) async throws -> EventRecordPage {
    let query = Query(range, after: position, limit: limit, rawBytes: rawBytes)
    return try await records.decoding(range.organization, on: tenants) { connection, decoder in
      try connection.bounded(by: timeout) {
        var page = EventRecordPage()
        var bytes = 0
        _ = try connection.query(query.statement, query.parameters) { row in
          // The database bounds what is stored; it may be many times that once it is decoded.
          guard !page.isCutShort, page.records.count < limit, bytes < rawBytes, !row.isNull(4)
          else {
            page.isCutShort = true
            return
          }
          let record = try EventRecord(row, decoder)
          bytes += record.raw.count
          page.records.append(record)
        }
        return page
      }
    }
  }

  /// How many events there are in the range, counted up to `bound`; deleted ones are counted, too.
  public func count(
    _ range: EventRecordRange, upTo bound: Int, timeout: Duration
  ) async throws -> Int {
    let query = Query(counting: range, upTo: bound)
    return try await records.decoding(range.organization, on: tenants) { connection, _ in
      try connection.bounded(by: timeout) {
        Int(try connection.query(query.statement, query.parameters) { try $0.int8(0) }.first ?? 0)
      }
    }
  }
}

/// The SQL of a page and of a count. Conditions are chosen from a fixed set; values are always
/// parameters.
private struct Query: Sendable {
  private(set) var parameters: [PostgresValue] = []
  let statement: PostgresStatement

  init(_ range: EventRecordRange, after position: EventPosition?, limit: Int, rawBytes: Int) {
    var values = Bindings()
    var conditions = Self.conditions(range, from: position?.ts ?? range.from, &values)
    conditions.append("deleted_at is null")
    if let position {
      let ts = values.bind(.timestamptz(microseconds: position.ts.microseconds))
      let id = values.bind(.uuid(high: position.id.high, low: position.id.low))
      conditions.append("(ts, id) > (\(ts), \(id))")
    }
    // Lengths are known without reading the records, so those behind the bound are never read.
    statement = PostgresStatement(
      "events.records",
      """
      select id, ts, received_at, source_type,
        case when sum(octet_length(raw)) over page - octet_length(raw)
          < \(values.bind(.int8(Int64(rawBytes)))) then raw end
      from (
        select id, ts, received_at, source_type, raw
        from events
        where \(conditions.joined(separator: " and "))
        order by ts, id
        limit \(values.bind(.int8(Int64(limit) + 1)))
      ) bounded
      window page as (order by ts, id rows unbounded preceding)
      order by ts, id
      """)
    parameters = values.values
  }

  init(counting range: EventRecordRange, upTo bound: Int) {
    var values = Bindings()
    let conditions = Self.conditions(range, from: range.from, &values)
    statement = PostgresStatement(
      "events.count_records",
      """
      select count(*)
      from (
        select 1
        from events
        where \(conditions.joined(separator: " and "))
        limit \(values.bind(.int8(Int64(bound))))
      ) bounded
      """)
    parameters = values.values
  }

  private static func conditions(
    _ range: EventRecordRange, from: Timestamp, _ values: inout Bindings
  ) -> [String] {
    var conditions = [
      "organization_id = \(values.bind(.int4(range.organization.rawValue)))",
      "ts >= \(values.bind(.timestamptz(microseconds: from.microseconds)))",
      "ts < \(values.bind(.timestamptz(microseconds: range.to.microseconds)))",
    ]
    if let sourceType = range.sourceType {
      conditions.append("source_type collate \"C\" = \(values.bind(.text(sourceType)))")
    }
    return conditions
  }

  private struct Bindings {
    var values: [PostgresValue] = []

    mutating func bind(_ value: PostgresValue) -> String {
      values.append(value)
      return "$\(values.count)"
    }
  }
}

extension EventRecord {
  fileprivate init(_ row: PostgresRow, _ decoder: RawDecoder) throws {
    let uuid = try row.uuid(0)
    self.init(
      id: EventID(high: uuid.high, low: uuid.low),
      ts: Timestamp(microseconds: try row.timestamptz(1)),
      receivedAt: Timestamp(microseconds: try row.timestamptz(2)), sourceType: try row.text(3),
      raw: try decoder.decode(try row.bytea(4)))
  }
}

extension PostgresConnection {
  /// Runs statements that only read, each for at most `timeout`.
  fileprivate func bounded<R>(by timeout: Duration, _ body: () throws -> R) throws -> R {
    let milliseconds = max(1, timeout / .milliseconds(1))
    return try transaction(isolation: .readOnlySnapshot) {
      try execute(Self.setTimeout, [.text(String(Int64(min(milliseconds, 2_000_000_000))))])
      return try body()
    }
  }

  private static let setTimeout = PostgresStatement(
    "events.records_timeout", "select set_config('statement_timeout', $1, true)")
}
