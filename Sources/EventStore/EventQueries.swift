public import Core
internal import Postgres
public import Tenancy

/// Reads stored events for analysts.
///
/// The pool that it gets should run with `enable_sort=off`, `jit=off` and
/// `plan_cache_mode=force_custom_plan`: the planner expects three rows of a busy address that has
/// 100,000 and would fetch and sort them all.
public struct EventQueries: Sendable {
  let records: RawRecords
  let tenants: TenantPool

  /// - Parameter records: the dictionaries.
  public init(records: RawRecords, tenants: TenantPool) {
    self.records = records
    self.tenants = tenants
  }

  /// Counts of the same events.
  public var statistics: EventStatistics { EventStatistics(tenants: tenants) }

  /// Bytes of raw records that a page holds, but for the last one's.
  public static let rawBytesOfPage = 8 << 20

  /// How long a list is looked for whose filter no index knows.
  public static let patience = Duration.seconds(4)

  /// One page, newest first unless `ascending`, of at most `limit` events. With raw records it ends
  /// after the event that brings them to `rawBytes`, so that it has at least one. A filter that few
  /// events pass may take longer than `patience`: then the page has what was found, and its
  /// `continuation`.
  ///
  /// - Parameter offset: events to leave out at the beginning; a cursor is much faster.
  public func list(
    _ filter: EventFilter, after position: EventPosition? = nil, ascending: Bool = false,
    limit: Int, offset: Int = 0, withRaw: Bool = false,
    rawBytes: Int = EventQueries.rawBytesOfPage, patience: Duration = EventQueries.patience
  ) async throws -> EventPage {
    let query = EventListQuery(
      filter: filter, position: position, ascending: ascending, offset: offset,
      rawBytes: withRaw ? rawBytes : nil)
    let deadline = ContinuousClock.now + patience
    return try await records.decoding(filter.organization, on: tenants) { connection, decoder in
      var reader = EventPageReader(
        limit: limit, decoder: withRaw ? decoder : nil, rawBytes: rawBytes, deadline: deadline)
      try reader.read(query, on: connection)
      return reader.page
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
    select \(StoredEvent.selected), raw
    from events
    where organization_id = $1 and ts between $2 and $3 and id = $4 and deleted_at is null
    """)
}
