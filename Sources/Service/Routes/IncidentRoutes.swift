internal import Access
internal import Core
internal import Correlation
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import ListCache

/// `GET` and `POST /api/incidents`, `GET`, `PATCH` and `PUT /api/incidents/{id}`.
struct IncidentRoutes {
  let access: AccessControl
  let desk: IncidentDesk
  let cached: CachedReads

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.changeEndpoint, use: change)
    routes.on(Self.replaceEndpoint, use: change)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try IncidentListRequest(
      request.uri.query, organization: organization, cursors: access.cursors)
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.list"), query: query.canonical,
      lifetime: .list, isFirstPage: query.position == nil
    ) { [access, desk] in
      var page = try await desk.page(query, of: organization)
      var cursor: String?
      if page.count > query.limit || page.count == IncidentQueries.largestPage {
        if page.count > query.limit { page.removeLast() }
        cursor = page.last.map { query.cursor(after: $0, cursors: access.cursors) }
      }
      return LoadedBody(
        bytes: JSONWriter.object { json in
          json.array("incidents") { json in
            for incident in page { json.incident(incident) }
          }
          json.member("next_cursor", cursor)
        })
    }
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query()
    let organization = try context.authenticated().organization
    let name = context.parameters.get("id") ?? ""
    guard name.utf8.count <= 40 else { throw Problem.noSuch("incident") }
    return try await cached.respond(
      request, .incidents(organization, list: "incidents.item"), query: "item=\(name)",
      lifetime: .item
    ) { [desk] in
      guard let incident = try await desk.item(name, of: organization) else {
        throw Problem.noSuch("incident")
      }
      return LoadedBody(
        bytes: JSONWriter.object { $0.incidentMembers(incident) }, etag: incident.tag.description)
    }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query()
    let principal = try context.authenticated()
    let new = try NewIncident(try await request.jsonObject(allowing: NewIncident.members))
    let incident = try await desk.create(
      new, in: principal.organization, actor: principal.subject.description)
    var response = Self.answer(incident, status: .created)
    response.headers[.location] = "/api/incidents/\(incident.id)"
    return response
  }

  @Sendable private func change(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query()
    let principal = try context.authenticated()
    let change = try IncidentChange(try await request.jsonObject(allowing: IncidentChange.members))
    guard
      let current = try await desk.item(
        context.parameters.get("id") ?? "", of: principal.organization)
    else { throw Problem.noSuch("incident") }
    guard let condition = request.headers[.ifMatch] else {
      throw Problem.preconditionRequired("incident")
    }
    guard condition == "*" || EntityTag(header: condition) == current.tag else {
      return Self.answer(current, status: .preconditionFailed)
    }
    let result = try await desk.change(
      current.id, change, ifRevision: current.revision, of: principal.organization,
      actor: principal.subject.description)
    switch result {
    case .changed(let incident): return Self.answer(incident)
    case .stale(let incident): return Self.answer(incident, status: .preconditionFailed)
    case .notFound: throw Problem.noSuch("incident")
    case .refused(let errors, _): throw Problem.refusedChange(errors)
    }
  }

  private static func answer(_ incident: Incident, status: HTTPResponse.Status = .ok) -> Response {
    Response.json(
      JSONWriter.object { $0.incidentMembers(incident) }, status: status, tag: incident.tag)
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
