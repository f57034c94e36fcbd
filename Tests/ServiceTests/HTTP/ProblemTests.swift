import Core
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import Postgres
import Testing

@testable import Service

private struct Bug: Error {}

@Suite struct ProblemTests {
  private func caller(throwing error: any Error & Sendable) -> Caller {
    Caller { router in
      router.get("/fails") { _, _ -> Response in throw error }
    }
  }

  @Test func aProblemIsWrittenAsRFC9457SaysIt() async throws {
    let problem = Problem(
      slug: "made_up", title: "Made \"up\"", status: 422, detail: "two\nlines",
      errors: [FieldError(pointer: "/a", code: "bad", detail: "a is bad")])
    let answer = try await caller(throwing: problem).get(
      "/fails?x=1", headers: [.requestID: "req-1"])
    #expect(answer.status == 422)
    #expect(answer.type == "application/problem+json")
    #expect(
      answer.text == """
        {"type":"/problems/made_up","title":"Made \\"up\\"","status":422,"detail":"two\\nlines",\
        "instance":"/fails","request_id":"req-1",\
        "errors":[{"pointer":"/a","code":"bad","detail":"a is bad"}]}
        """)
    #expect(answer.headers[.requestID] == "req-1")
    #expect(answer.headers[.cacheControl] == "no-store")
  }

  @Test func errorsAreLeftOutWhereNoFieldIsAtFault() async throws {
    let problem = Problem(slug: "a", title: "A", status: 400, detail: "a")
    let answer = try await caller(throwing: problem).get("/fails")
    #expect(answer.member("errors") == nil)
    #expect(answer.headers[.retryAfter] == nil)
    #expect(answer.headers[.wwwAuthenticate] == nil)
  }

  @Test func sayWhenToTryAgain() async throws {
    let problem = Problem(slug: "a", title: "A", status: 429, detail: "a", retryAfterSeconds: 7)
    #expect(try await caller(throwing: problem).get("/fails").headers[.retryAfter] == "7")
  }

  @Test(arguments: [
    (PostgresError(.connection, "gone"), 503, "unavailable"),
    (PostgresError(.server, "going", sqlState: "57P01"), 503, "unavailable"),
    (PostgresError(.poolTimeout, "busy"), 503, "unavailable"),
    (PostgresError(.poolFull, "busy"), 503, "unavailable"),
    (PostgresError(.server, "deadlock", sqlState: "40P01"), 503, "unavailable"),
    (PostgresError(.statementTimeout, "slow", sqlState: "57014"), 504, "query_timeout"),
    (PostgresError(.cancelled, "cancelled"), 503, "cancelled"),
    (PostgresError(.server, "relation x does not exist", sqlState: "42P01"), 500, "internal"),
    (PostgresError(.decoding, "int4"), 500, "internal"),
  ])
  func errorsOfTheDatabase(error: PostgresError, status: Int, slug: String) async throws {
    let answer = try await caller(throwing: error).get("/fails")
    #expect(answer.status == status)
    #expect(answer.slug == slug)
    #expect(!answer.text.contains("relation"))
    #expect((answer.headers[.retryAfter] != nil) == (status == 503))
  }

  @Test func aBugIsToldByItsRequestIDAndLogged() async throws {
    var caller = caller(throwing: Bug())
    let lines = LogLines()
    caller.logger = lines.logger
    let answer = try await caller.get("/fails", headers: [.requestID: "req-7"])
    #expect(answer.status == 500)
    #expect(answer.slug == "internal")
    #expect(answer.member("request_id") == "req-7")
    #expect(!answer.text.contains("Bug"))
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.contains("Bug") == true)
    #expect(lines.all.first?.contains("req-7") == true)
  }

  @Test func whatTheCallerDidIsNotLogged() async throws {
    var caller = caller(throwing: Problem(slug: "a", title: "A", status: 400, detail: "a"))
    let lines = LogLines()
    caller.logger = lines.logger
    _ = try await caller.get("/fails")
    _ = try await caller.get("/nothing")
    #expect(lines.all.isEmpty)
  }

  @Test func errorsOfTheFramework() async throws {
    let teapot = try await caller(
      throwing: HTTPError(.badRequest, headers: [.server: "x"], message: "m")
    ).get("/fails")
    #expect(teapot.status == 400)
    #expect(teapot.slug == "http_400")
    #expect(teapot.headers[.server] == "x")
    let large = try await caller(throwing: NIOTooManyBytesError(maxBytes: 1)).get("/fails")
    #expect(large.slug == "body_too_large")
    let broken = try await caller(throwing: HTTPError(.internalServerError)).get("/fails")
    #expect(broken.slug == "internal")
    let gone = try await caller(throwing: CancellationError()).get("/fails")
    #expect(gone.slug == "cancelled")
  }
}

@Suite struct RoutingTests {
  private let caller = Caller { router in
    for method in [HTTPRequest.Method.get, .put] {
      router.on("/api/things/{id}", method: method) { _, _ in Response(status: .ok) }
    }
    router.post("/api/things") { _, _ in Response(status: .ok) }
    router.get("/assets/**") { _, _ in Response(status: .ok) }
  }

  @Test(arguments: ["/", "/api", "/api/things/1/more", "/nothing"])
  func anUnknownPathIs404(path: String) async throws {
    let answer = try await caller.get(path)
    #expect(answer.status == 404)
    #expect(answer.slug == "not_found")
    #expect(answer.member("instance") == path)
    #expect(answer.headers[.allow] == nil)
    #expect(answer.headers[.requestID] != nil)
  }

  @Test(arguments: [
    (HTTPRequest.Method.delete, "/api/things/1", "GET, HEAD, OPTIONS, PUT"),
    (.get, "/api/things", "OPTIONS, POST"), (.patch, "/api/things", "OPTIONS, POST"),
    (.post, "/assets/a/b.css", "GET, HEAD, OPTIONS"),
  ])
  func anotherMethodIs405(method: HTTPRequest.Method, path: String, allow: String) async throws {
    let answer = try await caller.send(method, path)
    #expect(answer.status == 405)
    #expect(answer.slug == "method_not_allowed")
    #expect(answer.headers[.allow] == allow)
    #expect(answer.member("detail")?.contains(method.rawValue) == true)
  }

  @Test func headIsGetWithoutItsBody() async throws {
    let caller = Caller { router in
      router.get("/text") { _, _ in Response.json { $0.member("a", 1) } }
    }
    let answer = try await caller.send(.head, "/text")
    #expect(answer.status == 200)
    #expect(answer.bytes.isEmpty)
    #expect(answer.headers[.contentLength] == "7")
  }
}
