internal import Access
internal import Core
internal import HTTPTypes
internal import Hummingbird

/// `/api/organization`: the caller's own, and its policy.
struct OrganizationRoutes {
  let access: AccessControl

  func add(to routes: RouteTable) {
    routes.on(Self.itemEndpoint, use: item)
    routes.on(Self.changeEndpoint, use: change)
  }

  @Sendable private func item(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.itemEndpoint)
    guard
      let found = try await access.administration.organization(
        try context.authenticated().organization)
    else { throw Problem.noSuch("organization") }
    return Response.json { $0.organizationMembers(found.organization, found.policy) }
  }

  @Sendable private func change(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    _ = try request.query(of: Self.changeEndpoint)
    let body = try await request.jsonObject(allowing: "name", "policy")
    var change = OrganizationChange()
    change.name = try body.string("name", maximumLength: 50)
    let policy = try body.object(
      "policy",
      allowing: [
        "user_tier", "key_tier", "maximum_tier", "session_days", "session_idle_days",
        "password_length", "key_days",
      ])
    if let policy { try change.read(policy) }
    let changed = try await access.administration.changeOrganization(
      change, by: try context.authenticated())
    return Response.json { $0.organizationMembers(changed.organization, changed.policy) }
  }
}

extension OrganizationChange {
  fileprivate mutating func read(_ policy: JSONObject) throws(Problem) {
    userTier = try policy.tier("user_tier")
    keyTier = try policy.tier("key_tier")
    maximumTier = try policy.tier("maximum_tier")
    sessionDays = try policy.int("session_days", in: OrganizationPolicy.days).map { Int32($0) }
    sessionIdleDays = try policy.int("session_idle_days", in: OrganizationPolicy.days)
      .map { Int32($0) }
    passwordLength = try policy.int("password_length", in: OrganizationPolicy.passwordLengths)
      .map { Int32($0) }
    let longest = OrganizationPolicy.keyLifetimes.upperBound
    if let days = try policy.int("key_days", in: 0...longest) {
      keyDays = .some(days == 0 ? nil : Int32(days))
    }
  }
}

extension JSONWriter {
  fileprivate mutating func organizationMembers(
    _ organization: Organization, _ policy: OrganizationPolicy
  ) {
    member("id", organization.id.rawValue)
    member("slug", organization.slug)
    member("name", organization.name)
    member("created_at", organization.createdAt)
    object("policy") { json in
      json.member("user_tier", policy.userTier.rawValue)
      json.member("key_tier", policy.keyTier.rawValue)
      json.member("maximum_tier", policy.maximumTier.rawValue)
      json.member("session_days", policy.sessionDays)
      json.member("session_idle_days", policy.sessionIdleDays)
      json.member("password_length", policy.passwordLength)
      json.member("key_days", policy.keyDays)
    }
  }
}
