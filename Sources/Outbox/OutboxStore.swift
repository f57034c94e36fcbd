public import Core
public import Postgres

/// Reads the outbox. Messages of an organization are numbered without gaps in the order of their
/// commits (see `0010_live.sql`), so what is behind a number is read once and whole.
public enum OutboxStore {
  /// The channel on which each writing transaction names its organization.
  public static let channel = "harrier_outbox"

  public static func extent(
    of organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> OutboxExtent {
    let found = try connection.query(extentStatement, [.int4(organization.rawValue)]) {
      OutboxExtent(first: try $0.int8(0), last: try $0.int8(1))
    }
    return found.first ?? OutboxExtent(first: 1, last: 0)
  }

  /// At most `limit` messages behind `position`, in order.
  public static func page(
    of organization: OrganizationID, after position: Int64, limit: Int32,
    on connection: isolated PostgresConnection
  ) throws -> [OutboxMessage] {
    try connection.query(
      pageStatement, [.int4(organization.rawValue), .int8(position), .int4(limit)], row: message)
  }

  /// At most `limit` messages of each organization behind its position, in order for each.
  public static func news(
    of positions: [(organization: OrganizationID, position: Int64)], limit: Int32,
    on connection: isolated PostgresConnection
  ) throws -> [OutboxMessage] {
    try connection.query(
      newsStatement,
      [
        .int4Array(positions.map(\.organization.rawValue)), .int8Array(positions.map(\.position)),
        .int4(limit),
      ], row: message)
  }

  /// Removes at most `limit` of the oldest messages if they are from before `time`.
  ///
  /// - Returns: how many.
  public static func trim(
    before time: Timestamp, limit: Int32, on connection: isolated PostgresConnection
  ) throws -> Int {
    try connection.execute(
      trimStatement, [.timestamptz(microseconds: time.microseconds), .int4(limit)])
  }

  private static func message(_ row: PostgresRow) throws -> OutboxMessage {
    OutboxMessage(
      organization: OrganizationID(try row.int4(0)), sequence: try row.int8(1),
      at: Timestamp(microseconds: try row.timestamptz(2)),
      change: IncidentNotice(
        id: try row.optionalText(3) ?? "", number: try row.optionalInt8(4) ?? 0,
        revision: try row.optionalInt4(5) ?? 0, status: try row.optionalText(6) ?? "",
        severity: try row.optionalText(7) ?? "", action: try row.optionalText(8) ?? "",
        title: try row.optionalText(9) ?? ""))
  }

  private static let extentStatement = PostgresStatement(
    "outbox.extent",
    """
    select coalesce((
        select sequence
        from outbox
        where organization_id = $1 and sequence is not null
        order by sequence
        limit 1), outbox_sequence + 1),
      outbox_sequence
    from incident_counters
    where organization_id = $1
    """)
  private static let pageStatement = PostgresStatement(
    "outbox.page",
    """
    select organization_id, sequence, created_at, payload ->> 'id', (payload ->> 'number')::int8,
      (payload ->> 'revision')::int4, payload ->> 'status', payload ->> 'severity',
      payload ->> 'action', payload ->> 'title'
    from outbox
    where organization_id = $1 and sequence > $2
    order by sequence
    limit $3
    """)
  private static let newsStatement = PostgresStatement(
    "outbox.news",
    """
    select organization_id, sequence, created_at, payload ->> 'id', (payload ->> 'number')::int8,
      (payload ->> 'revision')::int4, payload ->> 'status', payload ->> 'severity',
      payload ->> 'action', payload ->> 'title'
    from unnest($1::int4[], $2::int8[]) as followed (organization, seen)
    cross join lateral (
      select *
      from outbox
      where organization_id = organization and sequence > seen
      order by sequence
      limit $3
    ) message
    order by organization_id, sequence
    """)
  private static let trimStatement = PostgresStatement(
    "outbox.trim",
    """
    delete from outbox
    where id in (
      select id
      from (select id, created_at from outbox order by id limit $2) oldest
      where created_at < $1)
    """)
}
