public import Core
internal import Postgres

/// An event that an incident cites, as it is stored or as it was kept when its month went.
public struct CitedEvent: Sendable {
  public let event: StoredEvent
  /// Whether only the copy is left.
  public let isPinned: Bool
}

/// Cited events in the order in which they were asked for.
public struct CitedEvents: Sendable {
  public var events: [EventID: CitedEvent] = [:]
  /// With raw records: how many of those that were asked for are answered, for their size.
  public var answered = 0
}

extension EventQueries {
  /// Some events by what identifies them, in order of time; those that are gone are left out.
  ///
  /// - Parameters:
  ///   - cited: at most 1,000, ascending.
  ///   - withRaw: with raw records, of which the last one answered may exceed `rawBytes`.
  public func cited(
    _ cited: [EventPosition], of organization: OrganizationID, withRaw: Bool,
    rawBytes: Int = EventQueries.rawBytesOfPage
  ) async throws -> CitedEvents {
    guard let first = cited.first?.ts, let last = cited.last?.ts else { return CitedEvents() }
    return try await records.decoding(organization, on: tenants) { connection, decoder in
      let bound: Int64 = withRaw ? Int64(rawBytes) : 0
      let range = first...last
      var page = CitedEvents()
      for event in try Self.read(
        Self.citedStored, cited, in: range, organization, rawBytes: bound, decoder, on: connection)
      {
        page.events[event.id] = CitedEvent(event: event, isPinned: false)
      }
      let gone = cited.filter { page.events[$0.id] == nil }
      for event in try Self.read(
        Self.citedPinned, gone, in: range, organization, rawBytes: bound, decoder, on: connection)
      {
        page.events[event.id] = CitedEvent(event: event, isPinned: true)
      }
      // The database bounds what is stored; it may be many times that once it is decoded.
      var bytes = 0
      for position in cited {
        let event = page.events[position.id]?.event
        if withRaw, page.answered > 0, let event, event.raw == nil || bytes >= rawBytes { break }
        bytes += event?.raw?.count ?? 0
        page.answered += 1
      }
      return page
    }
  }

  private static func read(
    _ statement: PostgresStatement, _ wanted: [EventPosition], in range: ClosedRange<Timestamp>,
    _ organization: OrganizationID, rawBytes: Int64, _ decoder: RawDecoder,
    on connection: isolated PostgresConnection
  ) throws -> [StoredEvent] {
    guard !wanted.isEmpty else { return [] }
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .timestamptzArray(wanted.map(\.ts.microseconds)),
      .uuidArray(wanted.map { ($0.id.high, $0.id.low) }),
      .timestamptz(microseconds: range.lowerBound.microseconds),
      .timestamptz(microseconds: range.upperBound.microseconds), .int8(rawBytes),
    ]
    return try connection.query(statement, values) { row in
      try StoredEvent(row, decoder: rawBytes > 0 && !row.isNull(18) ? decoder : nil)
    }
  }

  private static let citedStored = cited("events.cited", "events", "and deleted_at is null")
  private static let citedPinned = cited("events.cited_pinned", "pinned_events", "")

  /// The bounds of `ts` leave the planner only the months that there can be events in.
  private static func cited(
    _ name: StaticString, _ table: String, _ condition: String
  ) -> PostgresStatement {
    PostgresStatement(
      name,
      """
      select \(StoredEvent.selected),
        case when sum(octet_length(raw)) over (order by ts, id rows unbounded preceding)
          - octet_length(raw) < $6 then raw end
      from unnest($2::timestamptz[], $3::uuid[]) as cited (cited_ts, cited_id)
      cross join lateral (
        select \(StoredEvent.selected), raw
        from \(table)
        where organization_id = $1
          and ts = cited_ts
          and ts between $4 and $5
          and id = cited_id
          \(condition)
        offset 0
      ) found
      order by ts, id
      """)
  }
}
