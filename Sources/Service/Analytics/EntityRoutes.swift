internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import ListCache
internal import Postgres
internal import Tenancy

/// `GET /api/entities` and `GET /api/entities/{type}/{value}`.
struct EntityRoutes {
  let access: AccessControl
  let desk: AnalyticsDesk
  let cached: CachedReads

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.listEndpoint)
    let wanted = try EntityListRequest(query, organization: organization, cursors: access.cursors)
    return try await cached.respond(
      request, .analytics(organization, list: "entities.list"), query: wanted.canonical,
      lifetime: .list, isDerived: true
    ) {
      let (entities, asOf) = try await desk.tenants.withConnection(organization) { connection in
        try connection.transaction(isolation: .readOnlySnapshot) {
          // One more than a page tells whether there is another.
          let entities = try EntityQueries.list(
            organization, wanted.filter, limit: wanted.limit + 1, after: wanted.position,
            on: connection)
          return (entities, try AnalyticsQueries.asOf(organization, on: connection))
        }
      }
      let now = Timestamp.now
      let page = entities.prefix(wanted.limit)
      let cursor =
        entities.count > page.count
        ? page.last.map { wanted.cursor(after: $0, cursors: access.cursors) } : nil
      return LoadedBody(
        bytes: JSONWriter.object { json in
          json.array("entities") { json in
            for entity in page { json.object { $0.entityMembers(entity, at: now) } }
          }
          json.member("next_cursor", cursor)
          json.member("at", now)
          json.member("as_of", asOf)
        })
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.itemEndpoint)
    let limit = try query.int("limit", in: 1...EntityQueries.mostContributions) ?? 100
    let which: EntityAnswer.Contributions = try query.choice("contributions") ?? .counting
    guard let type = context.parameters.get("type").flatMap({ EntityType(rawValue: $0) }),
      let value = context.pathParameter("value", maximumBytes: 4096), !value.isEmpty
    else { throw Problem.noSuch("entity") }
    return try await cached.respond(
      request, .analytics(organization, list: "entities.item"),
      query: "\(type.rawValue)\n\(limit)\n\(which.rawValue)\n\(value)", lifetime: .item,
      isDerived: true
    ) {
      let found = try await desk.tenants.withConnection(organization) { connection in
        try connection.transaction(isolation: .readOnlySnapshot) {
          try EntityAnswer(
            organization, type, value, limit: limit, which, on: connection)
        }
      }
      guard let found else { throw Problem.noSuch("entity") }
      return LoadedBody(bytes: JSONWriter.object { found.write(to: &$0, at: .now) })
    }
  }
}
