import Access
import Core
import HTTPTypes
import Hummingbird
import Postgres
import Tenancy
import TestServers
import Testing

@testable import Service

/// A router with the auth routes and one that needs a scope, on a database of its own.
private struct Desk {
  let access: AccessControl
  let organization: Organization
  let caller: Caller

  init() async throws {
    let migrations = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(
      migrations: migrations + "/Migrations")
    var configuration = AccessConfiguration()
    configuration.passwordCost = PasswordCost(logRounds: 4, blockSize: 1, parallelism: 1)!
    let access = try await AccessControl(
      pool: database.pool(observer: RequestTimingObserver()), listening: database.configuration,
      configuration: configuration)
    self.access = access
    organization = try await access.administration.createOrganization(slug: "acme", name: "Acme")
    _ = try await access.administration.createUser(
      in: organization.id, email: "anna@example.org", password: Secret("correct horse"),
      role: .analyst)
    let pool = database.pool()
    caller = Caller { router in
      let gate = RequestGate(access: access, tenants: TenantPool(pool: pool))
      let routes = RouteTable(router: router, gate: gate)
      AuthRoutes(access: access).add(to: routes)
      let endpoint = Endpoint(
        .post, "/api/rules", "test", tag: "test", "", caller: .scope(.rulesWrite), answers: [])
      routes.on(endpoint) { _, context in
        Response.json { $0.member("organization", context.principal?.organization.rawValue) }
      }
    }
  }

  func login(_ password: String = "correct horse") async throws -> Answer {
    try await caller.post(
      "/api/auth/login", #"{"email":"anna@example.org","password":"\#(password)"}"#)
  }

  func bearer(_ answer: Answer) throws -> HTTPFields {
    [.authorization: "Bearer \(try #require(answer.member("access_token")))"]
  }
}

@Suite struct AuthRoutesTests {
  @Test func loginRefreshMeLogout() async throws {
    let desk = try await Desk()
    let login = try await desk.login()
    #expect(login.status == 200)
    #expect(login.member("token_type") == "bearer")
    #expect(login.member("expires_in") == "900")
    #expect(login.headers[.cacheControl] == "no-store")
    #expect(login.headers[.databaseQueries].flatMap { Int($0) } ?? 0 > 3)

    let refresh = try await desk.caller.post(
      "/api/auth/refresh",
      #"{"refresh_token":"\#(try #require(login.member("refresh_token")))"}"#)
    #expect(refresh.status == 200)

    let me = try await desk.caller.get("/api/auth/me", headers: desk.bearer(refresh))
    #expect(me.status == 200)
    #expect(me.text.contains(#""slug":"acme""#))
    #expect(me.text.contains(#""email":"anna@example.org","role":"analyst""#))
    #expect(me.text.contains(#""scopes":["events:read","incidents:read","incidents:write"]"#))

    let logout = try await desk.caller.send(
      .post, "/api/auth/logout", headers: desk.bearer(refresh))
    #expect(logout.status == 204)
    #expect(logout.headers[.contentLength] == nil)
    for answer in [login, refresh] {
      let gone = try await desk.caller.get("/api/auth/me", headers: desk.bearer(answer))
      #expect(gone.status == 401)
      #expect(gone.slug == "session_ended")
    }
  }

  @Test func aWrongPasswordIsAProblem() async throws {
    let desk = try await Desk()
    let answer = try await desk.login("incorrect horse")
    #expect(answer.status == 401)
    #expect(answer.slug == "login_failed")
    #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    #expect(!answer.text.contains("horse"))
  }

  @Test func tooManyAttemptsAreHeldBack() async throws {
    let desk = try await Desk()
    for _ in 0..<10 { _ = try await desk.login("incorrect horse") }
    let answer = try await desk.login()
    #expect(answer.status == 429)
    #expect(answer.slug == "login_limited")
    #expect(answer.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
  }

  @Test(arguments: [
    ("/api/auth/login", #"{"email":"a@b"}"#, "invalid_body"),
    ("/api/auth/login", #"{"email":"a@b","password":"x","remember":true}"#, "invalid_body"),
    ("/api/auth/login", #"{"email":["a@b"],"password":"x"}"#, "invalid_body"),
    ("/api/auth/login", "email=a", "malformed_json"),
    ("/api/auth/login?next=/", #"{"email":"a@b","password":"x"}"#, "unknown_parameter"),
    ("/api/auth/refresh", "{}", "invalid_body"),
    ("/api/auth/refresh", #"{"refresh_token":"x"}"#, "refresh_token_invalid"),
  ])
  func malformedBodies(path: String, body: String, slug: String) async throws {
    let desk = try await Desk()
    let answer = try await desk.caller.post(path, body)
    #expect(answer.slug == slug)
    #expect(answer.status == (slug == "refresh_token_invalid" ? 401 : 400))
  }

  @Test func credentialsAreNeeded() async throws {
    let desk = try await Desk()
    let missing = try await desk.caller.get("/api/auth/me")
    #expect(missing.status == 401)
    #expect(missing.slug == "credentials_missing")
    #expect(missing.headers[.wwwAuthenticate] == #"Bearer realm="harrier""#)
    let malformed = try await desk.caller.get(
      "/api/auth/me", headers: [.authorization: "Bearer hk_x"])
    #expect(malformed.slug == "credentials_malformed")
    #expect(
      malformed.headers[.wwwAuthenticate] == #"Bearer realm="harrier", error="invalid_token""#)
    let get = try await desk.caller.get("/api/auth/login")
    #expect(get.status == 405)
    #expect(get.headers[.allow] == "OPTIONS, POST")
  }

  @Test func aScopeIsNeededAndNamed() async throws {
    let desk = try await Desk()
    let token = try desk.bearer(try await desk.login())
    let refused = try await desk.caller.send(.post, "/api/rules", headers: token)
    #expect(refused.status == 403)
    #expect(refused.slug == "insufficient_scope")
    #expect(refused.member("detail") == "this needs the scope rules:write")
    let key = try await desk.access.administration.createKey(
      in: desk.organization.id, name: "rules", scopes: .rulesWrite)
    for headers: HTTPFields in [
      [.authorization: "Bearer \(key.text.reveal())"], [.apiKey: key.text.reveal()],
    ] {
      let allowed = try await desk.caller.send(.post, "/api/rules", headers: headers)
      #expect(allowed.status == 200)
      #expect(allowed.member("organization") == "\(desk.organization.id)")
    }
    let me = try await desk.caller.get("/api/auth/me", headers: [.apiKey: key.text.reveal()])
    #expect(me.member("key_id") == key.key.id.rawValue)
    #expect(me.member("user") == nil)
    let logout = try await desk.caller.send(
      .post, "/api/auth/logout", headers: [.apiKey: key.text.reveal()])
    #expect(logout.slug == "user_needed")
  }
}
