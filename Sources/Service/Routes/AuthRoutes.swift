internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// `POST /api/auth/login`, `refresh` and `logout`, and `GET /api/auth/me`.
struct AuthRoutes {
  let access: AccessControl

  func add(to routes: RouteTable) {
    routes.on(Self.loginEndpoint, use: login)
    routes.on(Self.refreshEndpoint, use: refresh)
    routes.on(Self.logoutEndpoint, use: logout)
    routes.on(Self.meEndpoint, use: me)
  }

  /// `{"email","password"}` → a pair of tokens.
  @Sendable private func login(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.loginEndpoint)
    let body = try await request.jsonObject(allowing: "email", "password")
    let pair = try await access.auth.login(
      email: try body.requiredString("email"),
      password: Secret(try body.requiredString("password")), address: context.remoteAddress
    ) { organization, user in
      context.auditNote.login(of: user, in: organization)
    }
    context.auditNote.opened(pair.session)
    return response(pair)
  }

  /// `{"refresh_token"}` → a new pair of tokens; the old refresh token is spent.
  @Sendable private func refresh(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.refreshEndpoint)
    let body = try await request.jsonObject(allowing: "refresh_token")
    let token = Secret(try body.requiredString("refresh_token"))
    let pair = try await access.auth.refresh(token) { organization, user in
      context.auditNote.login(of: user, in: organization)
    }
    context.auditNote.opened(pair.session)
    return response(pair)
  }

  /// Ends the session of the access token that is sent. The body is not read.
  @Sendable private func logout(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.logoutEndpoint)
    try await access.auth.logout(try context.authenticated())
    return .noContent
  }

  /// Who the credential says that the caller is.
  @Sendable private func me(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.meEndpoint)
    let principal = try context.authenticated()
    let identity = try await access.auth.identity(of: principal)
    return Response.json { json in
      json.member("subject", principal.subject.description)
      json.object("organization") { json in
        json.member("id", identity.organization.id.rawValue)
        json.member("slug", identity.organization.slug)
        json.member("name", identity.organization.name)
      }
      if let user = identity.user {
        json.object("user") { json in
          json.member("id", user.id.rawValue)
          json.member("email", user.email.rawValue)
          json.member("role", user.role.rawValue)
          json.member("created_at", user.createdAt)
        }
      }
      if let key = principal.keyID { json.member("key_id", key.rawValue) }
      json.member("scopes", principal.scopes.names)
    }
  }

  private func response(_ pair: TokenPair) -> Response {
    Response.json { json in
      json.member("access_token", pair.accessToken.reveal())
      json.member("refresh_token", pair.refreshToken.reveal())
      json.member("token_type", pair.tokenType)
      json.member("expires_in", pair.expiresIn)
    }
  }
}
