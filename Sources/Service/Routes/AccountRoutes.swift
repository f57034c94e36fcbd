internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// What a person does to his own login: his password and his sessions.
struct AccountRoutes {
  let access: AccessControl

  func add(to routes: RouteTable) {
    routes.on(Self.passwordEndpoint, use: changePassword)
    routes.on(Self.sessionsEndpoint, use: sessions)
    routes.on(Self.endEndpoint, use: end)
  }

  static let passwordEndpoint = Endpoint(
    .post, "/api/auth/password", "change_password", tag: "auth",
    "Changes the caller's own password and ends his other sessions.", caller: .person,
    body: .json(.object([.member("old_password", .password), .member("new_password", .password)])),
    answers: [.empty()])

  static let sessionsEndpoint = Endpoint(
    .get, "/api/auth/sessions", "list_sessions", tag: "auth",
    "The caller's own logins that have not ended, the newest first.", caller: .person,
    answers: [.json(.object([.member("sessions", .array(.named("Session")))]))])

  static let endEndpoint = Endpoint(
    .delete, "/api/auth/sessions/{id}", "end_session", tag: "auth",
    "Ends one of the caller's own logins, on every node within a second.", caller: .person,
    parameters: [.path("id", "The session.", .string(pattern: "^[0-9a-f]{32}$"))],
    answers: [.empty()])

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Session",
      .object([
        .member("id", .text), .member("created_at", .time), .member("expires_at", .time),
        .member("address", .nullable(.text)),
        .member("current", .boolean, "Whether it is the one of this request."),
      ])
    )
  ]

  @Sendable private func changePassword(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.passwordEndpoint)
    let body = try await request.jsonObject(allowing: "old_password", "new_password")
    let principal = try context.authenticated()
    try await access.auth.changePassword(
      of: principal, from: Secret(try body.requiredString("old_password")),
      to: Secret(try body.requiredString("new_password")), address: context.remoteAddress)
    return .noContent
  }

  @Sendable private func sessions(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.sessionsEndpoint)
    let principal = try context.authenticated()
    let sessions = try await access.auth.sessions(of: principal)
    return Response.json { json in
      json.array("sessions") { json in
        for session in sessions {
          json.object { json in
            json.member("id", session.id.description)
            json.member("created_at", session.createdAt)
            json.member("expires_at", session.expiresAt)
            json.member("address", session.address?.description)
            json.member("current", session.id == principal.session)
          }
        }
      }
    }
  }

  @Sendable private func end(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.endEndpoint)
    guard let id = context.parameters.get("id") else { throw Problem.noSuch("session") }
    try await access.auth.endSession(id, of: try context.authenticated())
    return .noContent
  }
}
