import Access
import Core
import HTTPTypes
import Hummingbird
import RateLimits
import Tenancy
import TestServers
import Testing

@testable import Service

/// Routes behind a gate with limits.
private struct Desk {
  let access: AccessControl
  let organization: Organization
  let caller: Caller
  let failures: FailureLimiter

  init(failures: Int = 3) async throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let database = try await SharedPostgres.shared().database(migrations: root + "/Migrations")
    let access = try await AccessControl(
      pool: database.pool(), listening: database.configuration)
    self.access = access
    organization = try await access.administration.createOrganization(slug: "acme", name: "Acme")
    let limiter = FailureLimiter(RatePolicy(limit: failures))
    self.failures = limiter
    let pool = database.pool()
    caller = Caller { router in
      let limits = RequestLimits(
        limiter: RateLimiter(redis: nil), failures: limiter,
        secretFailures: FailureLimiter(RatePolicy(limit: failures)))
      let gate = RequestGate(access: access, tenants: TenantPool(pool: pool), limits: limits)
      let routes = RouteTable(router: router, gate: gate)
      AuthRoutes(access: access).add(to: routes)
      routes.on(Self.endpoint("/list", .tier)) { _, _ in Response.json { $0.member("a", 1) } }
      routes.on(Self.endpoint("/fault", .tier)) { _, _ in throw Problem.noSuch("thing") }
      routes.on(Self.endpoint("/ingest", .none)) { _, _ in Response.json { $0.member("a", 1) } }
    }
  }

  private static func endpoint(_ path: String, _ limit: Endpoint.Limit) -> Endpoint {
    Endpoint(.get, path, path, tag: "test", "", caller: .known, limit: limit, answers: [])
  }

  func key() async throws -> HTTPFields {
    let key = try await access.administration.createKey(
      in: organization.id, name: "test", scopes: .eventsRead)
    return [.apiKey: key.text.reveal()]
  }
}

@Suite struct RequestLimitsTests {
  @Test func aCredentialHasItsTier() async throws {
    let desk = try await Desk()
    let headers = try await desk.key()
    let limit = RateTier.high.requestsPerMinute
    let first = try await desk.caller.get("/list", headers: headers)
    #expect(first.status == 200)
    #expect(first.headers[.rateLimitPolicy] == #""default";q=\#(limit);w=60"#)
    #expect(first.headers[.rateLimit] == #""default";r=\#(limit - 1);t=60"#)
    // An error counts and tells as well.
    let fault = try await desk.caller.get("/fault", headers: headers)
    #expect(fault.status == 404)
    #expect(fault.headers[.rateLimit]?.hasPrefix(#""default";r=\#(limit - 2);t="#) == true)
    for _ in 0..<(limit - 2) {
      #expect(try await desk.caller.get("/list", headers: headers).status == 200)
    }
    let refused = try await desk.caller.get("/list", headers: headers)
    #expect(refused.status == 429)
    #expect(refused.slug == "rate_limited")
    let wait = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
    #expect((1...60).contains(wait))
    #expect(refused.headers[.rateLimit] == #""default";r=0;t=\#(wait)"#)
    #expect(refused.headers[.rateLimitPolicy] == #""default";q=\#(limit);w=60"#)
    // Neither what has no limit nor another credential is touched.
    let ingest = try await desk.caller.get("/ingest", headers: headers)
    #expect(ingest.status == 200)
    #expect(ingest.headers[.rateLimit] == nil)
    #expect(try await desk.caller.get("/list", headers: try await desk.key()).status == 200)
  }

  @Test func wrongCredentialsAreLimitedByAddress() async throws {
    let desk = try await Desk()
    let good = try await desk.key()
    let bad: HTTPFields = [.apiKey: "hk_0123456789abcdef.\(String(repeating: "A", count: 43))"]
    for _ in 0..<3 { #expect(try await desk.caller.get("/list", headers: bad).status == 401) }
    let refused = try await desk.caller.get("/list", headers: bad)
    #expect(refused.status == 429)
    #expect(refused.slug == "too_many_failures")
    #expect(refused.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
    // A sensor is told the truth, and who has a good credential is let in.
    #expect(try await desk.caller.get("/ingest", headers: bad).status == 401)
    #expect(try await desk.caller.get("/list", headers: good).status == 200)
    #expect(try await desk.caller.get("/list").slug == "credentials_missing")
  }

  @Test func aSensorWithAnOldKeyKeepsNobodyFromLoggingIn() async throws {
    let desk = try await Desk()
    let key = "hk_0000000000000000." + String(repeating: "A", count: 43)
    let old: HTTPFields = [.authorization: "Bearer \(key)"]
    for _ in 0..<10 { _ = try await desk.caller.get("/ingest", headers: old) }
    let body = #"{"refresh_token":"nonsense"}"#
    #expect(try await desk.caller.post("/api/auth/refresh", body).status == 401)
  }

  @Test func refreshTokensCannotBeTriedForEver() async throws {
    let desk = try await Desk()
    let body = #"{"refresh_token":"nonsense"}"#
    for _ in 0..<3 {
      #expect(try await desk.caller.post("/api/auth/refresh", body).status == 401)
    }
    #expect(try await desk.caller.post("/api/auth/refresh", body).slug == "too_many_failures")
  }
}
