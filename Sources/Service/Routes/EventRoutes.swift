internal import Access
internal import Core
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import ListCache

/// `GET /api/events` and `GET /api/events/{id}`.
struct EventRoutes {
  let access: AccessControl
  let events: EventQueries
  let cached: CachedReads

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
  }

  private static let listEndpoint = Endpoint(
    .get, "/api/events", "list_events", tag: "events", "Lists events, newest first.",
    caller: .scope(.eventsRead),
    parameters: EventListRequest.parameters.map { .query($0, "See the documentation.") },
    answers: [.json(.any)])

  private static let itemEndpoint = Endpoint(
    .get, "/api/events/{id}", "get_event", tag: "events", "One event with its raw record.",
    caller: .scope(.eventsRead), answers: [.json(.any)])

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let now = Timestamp.now
    let query = try EventListRequest(
      request.uri.query, organization: organization, now: now, cursors: access.cursors)
    guard query.isCacheable else { return Response.json(try await page(query, asOf: now)) }
    return try await cached.respond(
      request, query.cacheScope(organization), query: query.canonicalPage, lifetime: .list
    ) {
      LoadedBody(bytes: try await page(query, asOf: now))
    }
  }

  private func page(_ query: EventListRequest, asOf now: Timestamp) async throws -> [UInt8] {
    // One more than a page tells whether there is another.
    let found = try await events.list(
      query.filter, after: query.position, ascending: query.ascending, limit: query.limit + 1,
      withRaw: query.withRaw)
    let page = found.events.prefix(query.limit)
    var cursor: String?
    if found.isCutShort || found.events.count > page.count {
      cursor = page.last.map { query.cursor(after: $0, cursors: access.cursors) }
    }
    return JSONWriter.object { json in
      json.array("events") { json in
        for event in page { json.event(event, only: query.members) }
      }
      json.member("next_cursor", cursor)
      json.member("from", query.filter.from)
      json.member("to", query.filter.to)
      json.member("as_of", now)
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query()
    let organization = try context.authenticated().organization
    guard let id = context.parameters.get("id").flatMap({ EventID($0) }),
      let event = try await events.event(id, of: organization)
    else { throw Problem.noSuch("event") }
    // A stored event never changes, so its id is its tag.
    return Response.json(
      JSONWriter.object { $0.eventMembers(event) }, tag: EntityTag(id.description))
  }
}

extension Problem {
  /// 404 for an id that is malformed, unknown, or another tenant's: all alike.
  static func noSuch(_ what: String) -> Problem {
    Problem(
      slug: "not_found", title: "Not found", status: 404, detail: "there is no \(what) of this id")
  }
}
