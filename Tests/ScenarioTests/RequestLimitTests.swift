internal import Foundation
internal import ServiceHarness
internal import Testing

/// Limits of requests over the nodes of an installation.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RequestLimitTests {
  private static func ask(
    _ installation: Installation, _ key: String, node: Int, path: String = "/api/auth/me"
  ) async throws -> HTTPResponse {
    try await installation.ask(
      HTTPRequest("GET", path, headers: [("X-API-Key", key)]), node: node)
  }

  /// How many of `count` requests, in turns at two nodes, were let through.
  private static func allowed(
    _ installation: Installation, _ key: String, of count: Int
  ) async throws -> Int {
    var allowed = 0
    for number in 0..<count {
      let status = try await ask(installation, key, node: number % 2).status
      if status == 200 { allowed += 1 }
    }
    return allowed
  }

  @Test("nodes share a credential's limit, and each keeps to it without Redis")
  func nodesShareALimit() async throws {
    try await Installation.with(InstallationOptions(nodes: 2)) { installation in
      try await installation.makeOrganization("alpha")
      let scopes = ["incidents:read", "events:write"]
      let key = try await installation.makeKey(organization: "alpha", scopes: scopes, tier: "low")
      #expect(try await Self.allowed(installation, key, of: 80) == 60)
      let refused = try await Self.ask(installation, key, node: 1)
      #expect(refused.status == 429)
      #expect(refused.text.contains("/problems/rate_limited"))
      #expect(refused.header("RateLimit-Policy") == #""default";q=60;w=60"#)
      let wait = try #require(refused.header("Retry-After").flatMap { Int($0) })
      #expect((1...60).contains(wait))
      #expect(refused.header("RateLimit") == #""default";r=0;t=\#(wait)"#)
      // A sensor is never told to wait.
      let taken = try await installation.ask(
        HTTPRequest(
          "POST", "/api/events",
          headers: [("X-API-Key", key), ("Content-Type", "application/json")],
          body: Array(#"[{"message":"limits"}]"#.utf8)))
      #expect(taken.status == 200)
      #expect(taken.header("RateLimit") == nil)
      // An empty Redis makes no new limit on a node that remembers.
      await installation.killRedis()
      #expect(try await Self.allowed(installation, key, of: 80) <= 60)
      // Nor does a Redis that is away keep others out, and each node lets its limit through.
      let other = try await installation.makeKey(organization: "alpha", scopes: scopes, tier: "low")
      #expect(try await Self.allowed(installation, other, of: 200) == 120)
      let free = try await installation.makeKey(organization: "alpha", scopes: scopes)
      #expect(try await Self.allowed(installation, free, of: 150) == 150)
    }
  }

  @Test("pages of a named origin may read answers")
  func namedOrigins() async throws {
    let settings = ["HARRIER_CORS_ORIGINS": "https://console.example.org, http://localhost:5173"]
    try await Installation.with(InstallationOptions(settings: settings)) { installation in
      let preflight = [
        ("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", "PATCH"),
      ]
      let answer = try await installation.ask(
        HTTPRequest("OPTIONS", "/api/incidents/x", headers: preflight))
      #expect(answer.status == 204)
      #expect(answer.header("Access-Control-Allow-Origin") == "http://localhost:5173")
      #expect(answer.header("Access-Control-Allow-Methods")?.contains("PATCH") == true)
      let read = try await installation.ask(
        HTTPRequest("GET", "/api/events", headers: [("Origin", "https://console.example.org")]))
      #expect(read.status == 401)
      #expect(read.header("Access-Control-Allow-Origin") == "https://console.example.org")
      let other = try await installation.ask(
        HTTPRequest("GET", "/healthz", headers: [("Origin", "https://evil.example")]))
      #expect(other.header("Access-Control-Allow-Origin") == nil)
      #expect(other.header("Vary") == "Origin")
    }
  }
}
