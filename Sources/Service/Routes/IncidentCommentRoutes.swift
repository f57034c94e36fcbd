internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import IncidentStore

/// `GET` and `POST /api/incidents/{id}/comments`, and `POST …/comments/{comment}/withdraw`.
struct IncidentCommentRoutes {
  let access: AccessControl
  let parts: IncidentParts

  private var desk: IncidentDesk { parts.desk }

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.addEndpoint, use: add)
    routes.on(Self.withdrawEndpoint, use: withdraw)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let query = try request.query(of: Self.listEndpoint)
    return try await parts.respond(request, context, "comments") {
      [desk = parts.desk, cursors = access.cursors] incident, organization in
      let page = try PageCursor(
        query, list: "comments", of: incident, organization, words: 1, cursors: cursors)
      let found = try await desk.comments(
        incident.id, limit: page.limit + 1, after: page.words?[0] ?? 0, of: organization)
      let comments = found.prefix(page.limit)
      return JSONWriter.object { json in
        json.array("comments") { json in
          for comment in comments { json.comment(comment) }
        }
        let last = found.count > comments.count ? comments.last : nil
        json.member("next_cursor", last.map { page.next([$0.sequence], cursors: cursors) })
      }
    }
  }

  @Sendable private func add(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.addEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(allowing: ["text"], limit: IncidentRoutes.bodyLimit)
    guard let text = try body.line("text", maximum: 10_000) else {
      throw body.invalid("text", "missing", "is needed")
    }
    let incident = try await desk.required(
      try context.incidentName(), of: principal.organization)
    guard
      let comment = try await desk.comment(
        text, on: incident.id, of: principal.organization, actor: principal.subject.description)
    else { throw Problem.noSuch("incident") }
    return Response.json(status: .created) { $0.commentMembers(comment) }
  }

  /// The author withdraws a comment, or an administrator.
  @Sendable private func withdraw(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.withdrawEndpoint)
    let principal = try context.authenticated()
    let body = try await request.jsonObject(allowing: ["reason"], limit: IncidentRoutes.bodyLimit)
    guard let reason = try body.line("reason", maximum: 1000) else {
      throw body.invalid("reason", "missing", "is needed")
    }
    let incident = try await desk.required(
      try context.incidentName(), of: principal.organization)
    guard let sequence = context.pathParameter("comment").flatMap({ Int64($0) }), sequence > 0
    else { throw Problem.noSuch("comment") }
    let result = try await desk.withdraw(
      sequence, of: incident.id, reason: reason, of: principal.organization,
      actor: principal.subject.description, anyone: principal.scopes.contains(.admin))
    switch result {
    case .done(let comment): return Response.json { $0.commentMembers(comment) }
    case .notFound: throw Problem.noSuch("comment")
    case .notAuthor:
      throw Problem(
        slug: "not_author", title: "Somebody else's comment", status: 403,
        detail: "a comment is withdrawn by who wrote it, or by an administrator")
    }
  }
}
