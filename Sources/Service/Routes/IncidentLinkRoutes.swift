internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore
internal import Postgres

/// `POST /api/incidents/{id}/merge`, `split` and `undo`.
///
/// `If-Match` is checked where it is given; it is not needed, since doing the same twice changes nothing
/// the second time.
struct IncidentLinkRoutes {
  static let most = IncidentLinks.largestFamily

  let desk: IncidentDesk

  func add(to routes: RouteTable) {
    routes.on(Self.mergeEndpoint, use: merge)
    routes.on(Self.splitEndpoint, use: split)
    routes.on(Self.undoEndpoint, use: undo)
  }

  @Sendable private func merge(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.mergeEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(
      allowing: ["incidents"], limit: IncidentRoutes.bodyLimit)
    guard let names = try body.strings("incidents", maximumCount: Self.most), !names.isEmpty else {
      throw body.invalid("incidents", "missing", "must name 1 to \(Self.most) incidents")
    }
    let references = try Self.references(names)
    return try await link(request, context) { target, revision, connection in
      try IncidentLinks.merge(
        principal.organization, references, into: target.id, ifRevision: revision,
        actor: principal.subject.description, on: connection)
    }
  }

  @Sendable private func split(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.splitEndpoint)
    let principal = try context.authenticated()
    let actor = principal.subject.description
    let body = try await request.jsonObject(
      allowing: ["incidents", "events", "title"], limit: IncidentRoutes.bodyLimit)
    try body.refuseNulls("incidents", "events", "title")
    let names = try body.strings("incidents", maximumCount: Self.most)
    let ids = try body.strings("events", maximumCount: IncidentLinks.mostEvents)
    let title = try body.line("title", maximum: 500)
    if let names, !names.isEmpty, ids == nil, title == nil {
      let references = try Self.references(names)
      return try await link(request, context) { target, revision, connection in
        try IncidentLinks.split(
          principal.organization, references, from: target.id, ifRevision: revision, actor: actor,
          on: connection)
      }
    }
    guard let ids, !ids.isEmpty, let title, names == nil else {
      throw Problem.invalidBody([
        FieldError(
          pointer: "", code: "invalid",
          detail:
            "give incidents to split off, or events and the title of the incident to put them in")
      ])
    }
    let events = try Self.events(ids)
    return try await link(request, context) { target, revision, connection in
      try IncidentLinks.split(
        principal.organization, events: events, from: target.id, title: title,
        ifRevision: revision, actor: actor, on: connection)
    }
  }

  @Sendable private func undo(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.undoEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(allowing: "sequence")
    guard let sequence = try body.int("sequence", in: 1...Int(Int64.max)) else {
      throw body.invalid(
        "sequence", "missing", "is needed: the answer of the merge or split has it")
    }
    return try await link(request, context) { target, revision, connection in
      try IncidentLinks.undo(
        principal.organization, target.id, sequence: Int64(sequence), ifRevision: revision,
        actor: principal.subject.description, on: connection)
    }
  }

  private func link(
    _ request: Request, _ context: HarrierRequestContext,
    _ body:
      @Sendable (Incident, Int32?, isolated PostgresConnection) throws -> IncidentLinks.Result
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let current = try await desk.required(try context.incidentName(), of: organization)
    let revision = try Self.revision(request, current)
    let result = try await desk.link(current.id, of: organization) { connection in
      try body(current, revision, connection)
    }
    switch result {
    case .changed(let incident, let sequence):
      return Response.json(tag: incident.tag) { json in
        json.object("incident") { $0.incidentMembers(incident) }
        json.member("sequence", sequence)
      }
    case .stale(let incident): return .incident(incident, status: .preconditionFailed)
    case .notFound(nil): throw Problem.noSuch("incident")
    case .notFound(let place?): throw Self.unknown(place)
    case .refused(let errors, _): throw Problem.refusedChange(errors)
    }
  }

  /// What `If-Match` asks for: nil takes any revision, 0 is none that there is.
  private static func revision(_ request: Request, _ current: Incident) throws -> Int32? {
    let conditions = request.headers[values: .ifMatch]
    guard !conditions.isEmpty, conditions != ["*"] else { return nil }
    return current.tag.matches(ifMatch: conditions) ? current.revision : 0
  }

  private static func references(_ names: [String]) throws(Problem) -> [IncidentReference] {
    var references: [IncidentReference] = []
    for (place, text) in names.enumerated() {
      guard let name = IncidentReference.Name(text) else { throw unknown(place) }
      references.append(IncidentReference(name))
    }
    return references
  }

  private static func events(_ ids: [String]) throws(Problem) -> [EventID] {
    var events: [EventID] = []
    for (place, text) in ids.enumerated() {
      guard let id = EventID(text) else {
        throw Problem.refusedChange([
          FieldError(
            pointer: "/events/\(place)", code: "not_allowed",
            detail: "the incident shows no such event")
        ])
      }
      if !events.contains(id) { events.append(id) }
    }
    return events
  }

  private static func unknown(_ place: Int) -> Problem {
    Problem(
      slug: "not_found", title: "Not found", status: 404,
      detail: "there is no such incident as the one at /incidents/\(place)",
      errors: [
        FieldError(
          pointer: "/incidents/\(place)", code: "unknown", detail: "there is no such incident")
      ])
  }
}
