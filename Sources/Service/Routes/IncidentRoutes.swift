internal import Access
internal import Core
internal import Correlation
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import ListCache

/// `GET` and `POST /api/incidents`, its facets, and `GET`, `PATCH` and `PUT` of one.
struct IncidentRoutes {
  /// The largest body of a change, in bytes.
  static let bodyLimit = 256 << 10

  let access: AccessControl
  let desk: IncidentDesk
  let cached: CachedReads
  private let listings = ParsedQueries<(query: IncidentListRequest, scope: CacheScope)>()

  init(access: AccessControl, desk: IncidentDesk, cached: CachedReads) {
    self.access = access
    self.desk = desk
    self.cached = cached
  }

  var assignment: IncidentAssignment { IncidentAssignment(access: access, people: desk.people) }

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.facetsEndpoint, use: facets)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.bulkEndpoint, use: bulk)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.patchEndpoint, use: patch)
    routes.on(Self.putEndpoint, use: put)
    IncidentLinkRoutes(desk: desk).add(to: routes)
    let parts = IncidentParts(desk: desk, cached: cached)
    IncidentCommentRoutes(access: access, parts: parts).add(to: routes)
    IncidentHistoryRoutes(access: access, parts: parts).add(to: routes)
    IncidentExportRoutes(desk: desk).add(to: routes)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let principal = try context.authenticated()
    let organization = principal.organization
    let (query, scope) = try await listings.value(organization, request.uri.query) {
      let reader = try request.query(of: Self.listEndpoint)
      let me = try await me(reader, principal)
      let query = try IncidentListRequest(
        reader, organization: organization, me: me, cursors: access.cursors)
      let scope = CacheScope.incidents(organization, list: "incidents.list")
      return ((query, scope), isLasting: me == nil && query.position == nil)
    }
    return try await cached.respond(
      request, scope, query: query.canonical,
      lifetime: .list, isFirstPage: query.position == nil
    ) { [access, desk] in
      let page = try await desk.page(query, of: organization)
      let total: (count: Int64, isExact: Bool)? =
        query.count == .none
        ? nil : try await desk.total(query.filter, upTo: query.count.limit, of: organization)
      let cursor =
        page.hasMore
        ? page.incidents.last.map { query.cursor(after: $0, cursors: access.cursors) } : nil
      return LoadedBody(
        bytes: JSONWriter.object { json in
          json.array("incidents") { json in
            for incident in page.incidents { json.incident(incident, only: query.members) }
          }
          json.member("next_cursor", cursor)
          if let total {
            json.member("total", total.count)
            json.member("total_is_estimate", !total.isExact)
          }
        })
    }
  }

  @Sendable private func facets(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let principal = try context.authenticated()
    let organization = principal.organization
    let reader = try request.query(of: Self.facetsEndpoint)
    let filter = try IncidentListRequest.filter(reader, me: try await me(reader, principal))
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.facets"), query: filter.canonical,
      lifetime: .count
    ) { [desk] in
      let facets = try await desk.facets(filter, of: organization)
      return LoadedBody(bytes: JSONWriter.object { $0.facetMembers(facets) })
    }
  }

  /// Whom `assignee=me` means; nil unless it is asked for by a person.
  private func me(_ query: QueryReader, _ principal: Principal) async throws -> String? {
    guard try query.string("assignee", maximumBytes: 1280) == "me" else { return nil }
    return try await assignment.own(principal)
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    let organization = try context.authenticated().organization
    let name = try context.incidentName()
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.item"), query: "item=\(name)",
      lifetime: .item
    ) { [desk] in
      let incident = try await desk.required(name, of: organization)
      return LoadedBody(
        bytes: JSONWriter.object { $0.incidentMembers(incident) }, etag: incident.tag.description)
    }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.createEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(allowing: NewIncident.members, limit: Self.bodyLimit)
    var new = try NewIncident(body)
    if let name = new.assignee {
      new.assignee = try await assignment.email(name, for: principal)
    }
    let incident = try await desk.create(
      new, in: principal.organization, actor: principal.subject.description)
    var response = Response.incident(incident, status: .created)
    response.headers[.location] = "/api/incidents/\(incident.id)"
    return response
  }

  @Sendable private func patch(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.patchEndpoint)
    let body = try await request.mergePatch(allowing: IncidentChange.members, limit: Self.bodyLimit)
    let change = try IncidentChange(patch: body)
    return try await self.change(request, context) { _ in change }
  }

  @Sendable private func put(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.putEndpoint)
    let body = try await request.jsonObject(allowing: IncidentChange.members, limit: Self.bodyLimit)
    return try await change(request, context) { current in
      try IncidentChange(replacement: body, of: current)
    }
  }

  private func change(
    _ request: Request, _ context: HarrierRequestContext,
    _ read: (Incident) throws -> IncidentChange
  ) async throws -> Response {
    let principal = try context.authenticated()
    let current = try await desk.required(
      try context.incidentName(), of: principal.organization)
    let conditions = request.headers[values: .ifMatch]
    guard !conditions.isEmpty else { throw Problem.preconditionRequired("incident") }
    var change = try read(current)
    try await assignment.resolve(&change, for: principal)
    guard current.tag.matches(ifMatch: conditions) else {
      return .incident(current, status: .preconditionFailed)
    }
    let result = try await desk.change(
      current.id, change, ifRevision: conditions == ["*"] ? nil : current.revision,
      of: principal.organization, actor: principal.subject.description)
    switch result {
    case .changed(let incident): return .incident(incident)
    case .stale(let incident): return .incident(incident, status: .preconditionFailed)
    case .notFound: throw Problem.noSuch("incident")
    case .refused(let errors, _): throw Problem.refusedChange(errors)
    }
  }
}

extension HarrierRequestContext {
  /// The `{id}` of an incident.
  func incidentName() throws(Problem) -> String {
    guard let name = pathParameter("id", maximumBytes: 40) else { throw .noSuch("incident") }
    return name
  }
}

extension Request {
  /// A merge patch, under its own type or as plain JSON.
  func mergePatch(allowing names: [String], limit: Int) async throws -> JSONObject {
    guard ["application/json", "application/merge-patch+json"].contains(mediaType) else {
      throw Problem.unsupportedMediaType("application/merge-patch+json or application/json")
    }
    return try JSONObject(try await controlBytes(limit: limit), allowing: names)
  }
}

extension Response {
  static func incident(_ incident: Incident, status: HTTPResponse.Status = .ok) -> Response {
    Response.json(
      JSONWriter.object { $0.incidentMembers(incident) }, status: status, tag: incident.tag)
  }
}

extension JSONWriter {
  fileprivate mutating func facetMembers(_ facets: IncidentFacets) {
    member("total", facets.total)
    member("complete", facets.isComplete)
    counts("status", facets.statuses)
    counts("severity", facets.severities)
    counts("assignee", facets.assignees)
    counts("verdict", facets.verdicts)
    counts("rule", facets.rules, titled: true)
  }

  private mutating func counts(
    _ name: String, _ counts: [IncidentFacets.Count], titled: Bool = false
  ) {
    array(name) { json in
      for count in counts {
        json.object { json in
          json.member("value", count.value)
          if titled { json.member("title", count.title) }
          json.member("count", count.incidents)
        }
      }
    }
  }
}

extension Problem {
  static func preconditionRequired(_ what: String) -> Problem {
    Problem(
      slug: "precondition_required", title: "A precondition is needed", status: 428,
      detail: "send If-Match with the ETag of the \(what) as you have seen it")
  }

  /// The incident stands where the change is not allowed.
  static func refusedChange(_ errors: [FieldError]) -> Problem {
    Problem(
      slug: "change_refused", title: "The change is not allowed", status: 409,
      detail: errors.map(\.detail).joined(separator: "; "), errors: errors)
  }
}
