internal import Access
internal import Core
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import ListCache

/// `GET /api/events`, `/api/events/{id}`, `/api/events/histogram`, `/api/events/top` and
/// `/api/events/export`.
struct EventRoutes {
  let access: AccessControl
  let events: EventQueries
  let cached: CachedReads
  let exports = OrganizationGate.ofExports()

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.histogramEndpoint, use: histogram)
    routes.on(Self.topEndpoint, use: top)
    routes.on(Self.exportEndpoint, use: export)
    routes.on(Self.itemEndpoint, use: item)
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    let organization = try context.authenticated().organization
    guard let id = context.parameters.get("id").flatMap({ EventID($0) }) else {
      throw Problem.noSuch("event")
    }
    let scope = CacheScope(
      list: "events.item", organization: organization,
      within: [.events(of: organization, month: id.timestamp)])
    return try await cached.respond(
      request, scope, query: "id=\(id)", lifetime: .item
    ) { [events] in
      guard let event = try await events.event(id, of: organization) else {
        throw Problem.noSuch("event")
      }
      return LoadedBody(bytes: JSONWriter.object { $0.eventMembers(event) })
    }
  }
}

extension Problem {
  /// 404 for an id that is malformed, unknown, or another tenant's: all alike.
  static func noSuch(_ what: String) -> Problem {
    Problem(
      slug: "not_found", title: "Not found", status: 404, detail: "there is no \(what) of this id")
  }
}
