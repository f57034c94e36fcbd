internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// `/api/keys`: the organization's API keys, for its administrators.
struct KeyRoutes {
  let access: AccessControl

  func add(to routes: RouteTable) {
    routes.on(Self.listEndpoint, use: list)
    routes.on(Self.createEndpoint, use: create)
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.changeEndpoint, use: change)
    routes.on(Self.revokeEndpoint, use: revoke)
    routes.on(Self.rotateEndpoint, use: rotate)
  }

  @Sendable private func list(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let organization = try context.authenticated().organization
    let query = try request.query(of: Self.listEndpoint)
    let page = try NamePage(query, list: "keys", of: organization, access.cursors)
    let last = try page.last.map { text throws(Problem) in
      guard let id = APIKeyID(rawValue: text) else { throw Problem.cursorOfAnotherVersion }
      return id
    }
    let found = try await access.administration.keys(
      of: organization, after: last, limit: page.limit + 1)
    return page.response("keys", found, name: { "\($0.id)" }, cursors: access.cursors) {
      $0.keyMembers($1)
    }
  }

  @Sendable private func create(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.createEndpoint)
    let body = try await request.jsonObject(allowing: "name", "scopes", "expires_in_days", "tier")
    let names = try body.required("scopes", try body.strings("scopes", maximumCount: 20))
    guard let scopes = ScopeSet(names: names) else {
      let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
      throw body.invalid("scopes", "invalid", "must be among \(known)")
    }
    let made = try await access.administration.createKey(
      name: try body.requiredString("name", maximumLength: 50), scopes: scopes,
      days: try body.int("expires_in_days", in: Self.days), tier: try body.tier("tier"),
      by: try context.authenticated())
    return shownOnce(made.key, made.text)
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    guard
      let key = try await access.administration.key(
        try id(context), of: try context.authenticated().organization)
    else { throw Problem.noSuch("key") }
    return Response.json { $0.keyMembers(key) }
  }

  @Sendable private func change(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.changeEndpoint)
    let body = try await request.jsonObject(allowing: "name", "tier")
    let key = try await access.administration.changeKey(
      try id(context), in: try context.authenticated().organization,
      name: try body.string("name", maximumLength: 50), tier: try body.tier("tier"))
    return Response.json { $0.keyMembers(key) }
  }

  @Sendable private func revoke(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.revokeEndpoint)
    try await access.administration.revokeKey(
      try id(context), in: try context.authenticated().organization)
    return .noContent
  }

  @Sendable private func rotate(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.rotateEndpoint)
    let body = try await request.optionalJSONObject(allowing: ["overlap_seconds"])
    let overlap = try body?.int("overlap_seconds", in: Self.overlaps) ?? 86_400
    let made = try await access.administration.rotateKey(
      try id(context), overlapSeconds: overlap, by: try context.authenticated())
    return shownOnce(made.key, made.text)
  }

  private func shownOnce(_ key: APIKey, _ text: Secret<String>) -> Response {
    var response = Response.json(status: .created) { json in
      json.object("key") { $0.keyMembers(key) }
      json.member("secret", text.reveal())
    }
    response.headers[.location] = "/api/keys/\(key.id)"
    response.headers[.cacheControl] = "no-store"
    return response
  }

  private func id(_ context: HarrierRequestContext) throws(Problem) -> APIKeyID {
    guard let id = context.parameters.get("id").flatMap({ APIKeyID(rawValue: $0) }) else {
      throw .noSuch("key")
    }
    return id
  }
}

extension JSONWriter {
  fileprivate mutating func keyMembers(_ key: APIKey) {
    member("id", key.id.rawValue)
    member("name", key.name)
    member("scopes", key.scopes.names)
    member("tier", key.tier.rawValue)
    member("requests_per_minute", key.tier.requestsPerMinute)
    member("created_at", key.createdAt)
    member("expires_at", key.expiresAt)
    member("revoked_at", key.revokedAt)
    member("last_used_at", key.lastUsedAt)
  }
}
