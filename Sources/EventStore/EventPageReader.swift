internal import Core
internal import Postgres

/// Fills one page of a list, part by part of its range.
struct EventPageReader {
  private let limit: Int
  private let decoder: RawDecoder?
  private let rawBytes: Int
  private let deadline: ContinuousClock.Instant
  private var bytes = 0
  private(set) var page = EventPage()

  /// - Parameters:
  ///   - decoder: nil without raw records.
  ///   - deadline: of a list whose filter no index knows.
  init(
    limit: Int, decoder: RawDecoder?, rawBytes: Int, deadline: ContinuousClock.Instant
  ) {
    self.limit = limit
    self.decoder = decoder
    self.rawBytes = rawBytes
    self.deadline = deadline
  }

  var isFull: Bool { page.events.count >= limit || page.isCutShort }

  /// A slice that takes too long is tried in smaller pieces before anything else was read: so every page
  /// gets further, however many events a short time has.
  ///
  /// - Throws: `PostgresError` of code `.statementTimeout` where not even a few seconds of events could be
  ///   read in time.
  mutating func read(
    _ query: EventListQuery, on connection: isolated PostgresConnection
  ) throws {
    if try connection.areFew(query) {
      let (statement, values) = query.sortedStatement(limit: limit)
      return try read(statement, values, on: connection)
    }
    guard query.isSliced else {
      for part in try connection.parts(of: query, limit: limit) where !isFull {
        try read(part: part, on: connection)
      }
      return
    }
    var isFirst = true
    for part in try connection.parts(of: query, limit: limit) {
      var slices = TimeSlices(part.range, ascending: query.ascending)
      while let slice = slices.next() {
        if isFull { return }
        var part = part
        part.filter = part.filter.within(slice.lowerBound, slice.upperBound)
        let left = deadline - .now
        let before = (events: page.events.count, bytes: bytes)
        do {
          guard isFirst || left > .milliseconds(20) else { return stop(before: slice, query) }
          // The first one leaves time for smaller ones.
          let share = isFirst && !Self.isShort(slice) ? left / 2 : left
          try connection.reading(within: max(share, .milliseconds(500))) {
            try read(part: part, on: connection)
          }
          isFirst = false
        } catch let error as PostgresError where error.code == .statementTimeout {
          page.events.removeLast(page.events.count - before.events)
          bytes = before.bytes
          guard isFirst else { return stop(before: slice, query) }
          guard !Self.isShort(slice) else { throw error }
          slices.divide(slice, by: 30)
        }
      }
    }
  }

  /// Whether a slice is not worth dividing.
  private static func isShort(_ slice: Range<Timestamp>) -> Bool {
    slice.upperBound.microseconds - slice.lowerBound.microseconds <= 10_000_000
  }

  private mutating func stop(before slice: Range<Timestamp>, _ query: EventListQuery) {
    page.continuation =
      query.ascending
      ? EventPosition(
        ts: slice.lowerBound.advanced(byMicroseconds: -1), id: EventID(high: .max, low: .max))
      : EventPosition(ts: slice.upperBound, id: EventID(high: 0, low: 0))
  }

  private mutating func read(
    part: EventListQuery, on connection: isolated PostgresConnection
  ) throws {
    var part = part
    if decoder != nil {
      guard bytes < rawBytes else {
        page.isCutShort = true
        return
      }
      part.rawBytes = rawBytes - bytes
    }
    let (statement, values) = part.statement(limit: limit - page.events.count)
    try read(statement, values, on: connection)
  }

  private mutating func read(
    _ statement: PostgresStatement, _ values: [PostgresValue],
    on connection: isolated PostgresConnection
  ) throws {
    _ = try connection.query(statement, values) { row in
      // The database bounds what is stored; it may be many times that once it is decoded.
      guard !page.isCutShort, decoder == nil || (bytes < rawBytes && !row.isNull(18)) else {
        page.isCutShort = true
        return
      }
      let event = try StoredEvent(row, decoder: decoder)
      bytes += event.raw?.count ?? 0
      page.events.append(event)
    }
  }
}
