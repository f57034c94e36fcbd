import HTTPTypes
import Hummingbird
import Testing

@testable import Service

private let console = "https://console.example.org"

@Suite struct CrossOriginTests {
  private static let routes: @Sendable (Router<HarrierRequestContext>) -> Void = { router in
    router.get("/list") { _, _ in Response.json { $0.member("a", 1) } }
    router.post("/list") { _, _ in Response.json { $0.member("a", 1) } }
  }
  private let closed = Caller(Self.routes)
  private let open = Caller(origins: [console], Self.routes)

  private func preflight(
    _ caller: Caller, _ path: String = "/list", origin: String = console
  ) async throws -> Answer {
    try await caller.send(
      .options, path, headers: [.origin: origin, .accessControlRequestMethod: "POST"])
  }

  @Test func itIsOffUnlessAnOriginIsNamed() async throws {
    for answer in [
      try await preflight(closed), try await closed.get("/list", headers: [.origin: console]),
    ] {
      #expect(answer.headers[.accessControlAllowOrigin] == nil)
      #expect(answer.headers[.vary] == nil)
      #expect(answer.headers[.crossOriginResourcePolicy] == "same-origin")
    }
  }

  @Test func aNamedOriginMayReadAndAskBefore() async throws {
    let answer = try await preflight(open)
    #expect(answer.status == 204)
    #expect(answer.headers[.accessControlAllowOrigin] == console)
    #expect(answer.headers[.accessControlAllowMethods] == "GET, HEAD, OPTIONS, POST")
    #expect(answer.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
    #expect(answer.headers[.accessControlMaxAge] == "600")
    #expect(answer.headers[.accessControlAllowCredentials] == nil)
    for path in ["/list", "/nothing"] {
      let read = try await open.get(path, headers: [.origin: console])
      #expect(read.headers[.accessControlAllowOrigin] == console)
      #expect(read.headers[.accessControlExposeHeaders]?.contains("ETag") == true)
      #expect(read.headers[values: .vary].contains("Origin"))
      #expect(read.headers[.crossOriginResourcePolicy] == "cross-origin")
    }
  }

  @Test(arguments: [
    "https://evil.example.org", "https://console.example.org.evil.org", "null", "*",
    "http://console.example.org", "https://console.example.org:8443", "",
  ])
  func anotherMayNot(origin: String) async throws {
    for answer in [
      try await preflight(open, origin: origin),
      try await open.get("/list", headers: [.origin: origin]),
    ] {
      #expect(answer.headers[.accessControlAllowOrigin] == nil)
      #expect(answer.headers[.accessControlAllowMethods] == nil)
      // A cache must not give one origin's answer to another.
      #expect(answer.headers[values: .vary].contains("Origin"))
      #expect(answer.headers[.crossOriginResourcePolicy] == "same-origin")
    }
  }

  @Test func whereNothingIsNothingIsAllowed() async throws {
    let answer = try await preflight(open, "/nothing")
    #expect(answer.status == 404)
    #expect(answer.headers[.accessControlAllowMethods] == nil)
  }

  @Test func optionsTellsTheMethods() async throws {
    let answer = try await closed.send(.options, "/list")
    #expect(answer.status == 204)
    #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS, POST")
    #expect(answer.headers[.requestID] != nil)
    let refused = try await closed.send(.delete, "/list")
    #expect(refused.status == 405)
    #expect(refused.headers[.allow] == "GET, HEAD, OPTIONS, POST")
  }
}
