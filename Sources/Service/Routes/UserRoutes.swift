internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// `/api/users`: the organization's people, for its administrators.
struct UserRoutes {
  let access: AccessControl

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.changeEndpoint, use: change)
    routes.on(Self.passwordEndpoint, use: setPassword)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.listEndpoint)
    let page = try NamePage(query, list: "users", of: organization, access.cursors)
    let last = try page.last.map { text throws(Problem) in
      guard let number = Int32(text) else { throw Problem.cursorOfAnotherVersion }
      return UserID(number)
    }
    let found = try await access.administration.users(
      of: organization, after: last, limit: page.limit + 1)
    return page.response("users", found, name: { "\($0.id)" }, cursors: access.cursors) {
      $0.userMembers($1)
    }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.createEndpoint)
    let body = try await request.jsonObject(allowing: "email", "password", "role")
    let role: Role? = try body.choice("role")
    let user = try await access.administration.createUser(
      email: try body.requiredString("email"),
      password: Secret(try body.requiredString("password", maximumLength: 256)),
      role: try body.required("role", role), by: try context.authenticated())
    var response = Response.json(status: .created) { $0.userMembers(user) }
    response.headers[.location] = "/api/users/\(user.id)"
    return response
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    guard
      let user = try await access.administration.user(
        try id(context), of: try context.authenticated().organization)
    else { throw Problem.noSuch("user") }
    return Response.json { $0.userMembers(user) }
  }

  @Sendable private func change(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.changeEndpoint)
    let body = try await request.jsonObject(allowing: "role", "disabled")
    let change = AccessAdministration.UserChange(
      role: try body.choice("role"), isDisabled: try body.bool("disabled"))
    let user = try await access.administration.changeUser(
      try id(context), change, by: try context.authenticated())
    return Response.json { $0.userMembers(user) }
  }

  @Sendable private func setPassword(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.passwordEndpoint)
    let body = try await request.jsonObject(allowing: "password")
    let principal = try context.authenticated()
    let id = try id(context)
    try await access.administration.setPassword(
      of: id, to: Secret(try body.requiredString("password", maximumLength: 256)), by: principal)
    if let user = try await access.administration.user(id, of: principal.organization) {
      await access.auth.forgetAttempts(at: user.email)
    }
    return .noContent
  }

  private func id(_ context: HarrierRequestContext) throws(Problem) -> UserID {
    guard let number = context.parameters.get("id").flatMap({ Int32($0) }) else {
      throw .noSuch("user")
    }
    return UserID(number)
  }
}

extension JSONWriter {
  fileprivate mutating func userMembers(_ user: User) {
    member("id", user.id.rawValue)
    member("email", user.email.rawValue)
    member("role", user.role.rawValue)
    member("created_at", user.createdAt)
    member("disabled_at", user.disabledAt)
  }
}
