internal import Access
internal import Core
internal import EventStore
internal import Hummingbird
internal import ListCache

extension EventRoutes {
  @Sendable func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try wanted(request, organization, now: .now)
    return try await cached.respond(
      request, "events.list", of: query.selection, query: query.canonical, lifetime: .list,
      isFirstPage: query.isFirstPage
    ) {
      // Read anew, since it may be loaded again later: no range means the 24 hours before that.
      let now = Timestamp.now
      let query = try wanted(request, organization, now: now)
      if let page = query.page { return try await numbered(page, of: query, request, now: now) }
      return try await page(query, request, asOf: now)
    }
  }

  private func wanted(
    _ request: Request, _ organization: OrganizationID, now: Timestamp
  ) throws(Problem) -> EventListRequest {
    try EventListRequest(
      request.query(of: Self.listEndpoint), organization: organization, now: now,
      cursors: access.cursors)
  }

  /// A page in cursor mode.
  private func page(
    _ query: EventListRequest, _ request: Request, asOf now: Timestamp
  ) async throws -> [UInt8] {
    // One more than a page tells whether there is another.
    let found = try await events.list(
      query.filter, after: query.position, ascending: query.order == .ascending,
      limit: query.limit + 1, withRaw: query.withRaw)
    let page = found.events.prefix(query.limit)
    var cursor: String?
    if found.isCutShort || found.events.count > page.count {
      cursor = page.last.map { query.cursor(after: EventPosition($0), cursors: access.cursors) }
    } else if let continuation = found.continuation {
      cursor = query.cursor(after: continuation, cursors: access.cursors)
    }
    var total: EventCount?
    if query.count != .nothing {
      // The only page tells how many there are.
      let isAll = cursor == nil && query.position == nil
      total =
        if isAll { EventCount(events: Int64(page.count), isEstimate: false) } else {
          try await count(query, request, now: now)
        }
    }
    return JSONWriter.object { json in
      json.array("events") { json in
        for event in page { json.event(event, only: query.members) }
      }
      json.member("next_cursor", cursor)
      json.member("from", query.filter.from)
      json.member("to", query.filter.to)
      json.member("as_of", now)
      if let total {
        json.member("total", total.events)
        json.member("total_is_estimate", total.isEstimate)
      }
    }
  }

  /// A page by its number, with the members that Harrier's forerunners had and no other.
  private func numbered(
    _ page: EventListRequest.Page, of query: EventListRequest, _ request: Request,
    now: Timestamp
  ) async throws -> [UInt8] {
    let found = try await events.list(
      query.filter, ascending: query.order == .ascending, limit: page.size, offset: page.offset,
      withRaw: query.withRaw)
    // Who asks for a page by its number takes it for a whole one.
    guard found.continuation == nil else { throw Problem.queryTimeout }
    guard !found.isCutShort else {
      throw QueryReader.invalid(
        "page_size",
        "is too large for the raw records of this page: choose a smaller one, or leave page out and "
          + "follow next_cursor")
    }
    let reached = Int64(page.offset + found.events.count)
    var total: EventCount
    if found.events.count < page.size,
      page.number == 1 || !found.events.isEmpty
    {
      // The last page tells how many there are.
      total = EventCount(events: reached, isEstimate: false)
    } else {
      total = try await count(query, request, now: now)
      // An estimate does not contradict what the page shows.
      if !found.events.isEmpty { total.events = max(total.events, reached) }
    }
    return JSONWriter.object { json in
      json.array("events") { json in
        for event in found.events { json.event(event, only: query.members) }
      }
      json.member("page", page.number)
      json.member("page_size", page.size)
      json.member("total", total.events)
      json.member("pages", (total.events + Int64(page.size) - 1) / Int64(page.size))
      json.member("total_is_estimate", total.isEstimate)
    }
  }

  /// The number of events, cached by itself: all pages of a list share it.
  private func count(
    _ query: EventListRequest, _ request: Request, now: Timestamp
  ) async throws -> EventCount {
    let bytes = try await cached.value(
      for: request, "events.count", of: query.selection, query: [query.count.rawValue],
      lifetime: .count
    ) {
      let count =
        query.count == .exact
        ? try await events.statistics.exactCount(query.filter, now: now)
        : try await events.statistics.estimatedCount(query.filter, now: now)
      return Array("\(count.events) \(count.isEstimate)".utf8)
    }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 2, let events = Int64(parts[0]) else { throw Problem.internalError }
    return EventCount(events: events, isEstimate: parts[1] == "true")
  }
}
