public import Core
public import Correlation
public import Postgres

/// Copies the events that incidents cite, with what rules found in them, to where retention does not
/// reach. A copy is whole and is made once, however many incidents cite the event.
public enum IncidentPins {
  /// Events that one statement copies.
  static let batch = 1000

  /// Copies an incident's events once, when a person first does something about it, in a transaction of
  /// its own: where it fails, the next one tries again.
  ///
  /// - Parameter limit: the most that are copied; the rest is when their month goes (``pinMonth``).
  public static func pinFirst(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int,
    on connection: isolated PostgresConnection
  ) throws {
    try connection.transaction {
      guard try connection.execute(mark, [.int4(organization.rawValue), id.value]) == 1 else {
        return
      }
      try pin(organization, id, limit: limit, on: connection)
    }
  }

  /// Copies an incident's events, and those of the incidents merged into it.
  ///
  /// - Returns: how many were not there yet.
  @discardableResult
  public static func pin(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int = .max,
    on connection: isolated PostgresConnection
  ) throws -> Int {
    var after: EventKey?
    var left = limit
    var copied = 0
    while left > 0 {
      let page = try IncidentQueries.evidence(
        organization, id, limit: min(batch, left), after: after, on: connection)
      copied += try copy(organization, page.map(\.event), on: connection)
      left -= page.count
      after = page.last?.event
      if page.count < batch { break }
    }
    return copied
  }

  /// Copies every event of a stretch of time that an incident cites which a person may still work on:
  /// one that is not closed, or is merged into one that is not. To be called, on the service's own role
  /// and outside of a transaction, before a month of events is dropped.
  ///
  /// - Parameters:
  ///   - from: inclusive.
  ///   - to: exclusive.
  /// - Returns: how many were copied.
  public static func pinMonth(
    from: Timestamp, to: Timestamp, on connection: isolated PostgresConnection
  ) throws -> Int {
    var copied = 0
    var after = IncidentID(uuid: EventID(high: 0, low: 0))
    while true {
      let page = try connection.query(
        findCiting, [from.value, to.value, after.value, .int8(100)]
      ) { (OrganizationID(try $0.int4(0)), IncidentQueries.id(try $0.uuid(1))) }
      for (organization, id) in page {
        copied += try pin(organization, id, from: from, to: to, on: connection)
      }
      guard page.count == 100, let last = page.last else { return copied }
      after = last.1
    }
  }

  private static func pin(
    _ organization: OrganizationID, _ id: IncidentID, from: Timestamp, to: Timestamp,
    on connection: isolated PostgresConnection
  ) throws -> Int {
    var after = EventKey(ts: from, id: EventID(high: 0, low: 0))
    var copied = 0
    while true {
      let page = try connection.query(
        findOwn,
        [
          .int4(organization.rawValue), id.value, after.ts.value,
          .uuid(high: after.id.high, low: after.id.low), to.value, .int8(Int64(batch)),
        ]
      ) { row in
        let event = try row.uuid(1)
        return EventKey(
          ts: Timestamp(microseconds: try row.timestamptz(0)),
          id: EventID(high: event.high, low: event.low))
      }
      copied += try copy(organization, page, on: connection)
      guard page.count == batch, let last = page.last else { return copied }
      after = last
    }
  }

  private static func copy(
    _ organization: OrganizationID, _ events: [EventKey], on connection: isolated PostgresConnection
  ) throws -> Int {
    guard let first = events.first?.ts, let last = events.last?.ts else { return 0 }
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .timestamptzArray(events.map(\.ts.microseconds)),
      .uuidArray(events.map { ($0.id.high, $0.id.low) }), first.value, last.value,
    ]
    let copied = try connection.execute(copyEvents, values)
    try connection.execute(copyDetections, values)
    return copied
  }
}
