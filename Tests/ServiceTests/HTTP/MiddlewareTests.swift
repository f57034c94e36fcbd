import Compression
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Service

private let long = String(repeating: "harrier ", count: 400)

@Suite struct RequestIDTests {
  private let caller = Caller { router in
    router.get("/id") { _, context in Response.json { $0.member("id", context.requestID) } }
  }

  @Test(arguments: [
    "a", "0af7651916cd43dd8448eb211c80319c", "7c1f0c9e-3b1a-4e55-9d8c-2f0f6f1a2b3c", "req:1/a+b=",
    String(repeating: "x", count: 128),
  ])
  func aWellFormedOneIsKept(id: String) async throws {
    let answer = try await caller.get("/id", headers: [.requestID: id])
    #expect(answer.headers[.requestID] == id)
    #expect(answer.member("id") == id)
  }

  @Test(arguments: ["", "a b", "a\"b", "ä", "<script>", String(repeating: "x", count: 129), "a,b"])
  func anotherIsReplaced(id: String) async throws {
    let answer = try await caller.get("/id", headers: [.requestID: id])
    let given = try #require(answer.headers[.requestID])
    #expect(given != id)
    #expect(given.utf8.count == 32)
    #expect(RequestIdentifier.isValid(given))
    #expect(answer.member("id") == given)
  }

  @Test func eachRequestHasItsOwn() async throws {
    var ids: Set<String?> = []
    for _ in 0..<50 { ids.insert(try await caller.get("/id").headers[.requestID]) }
    #expect(ids.count == 50)
  }
}

@Suite struct TimingTests {
  @Test func saysWhatARequestCost() async throws {
    let caller = Caller { router in
      router.get("/work") { _, _ in
        RequestTimings.current?.addQuery(.microseconds(1500))
        await withDiscardingTaskGroup { group in
          group.addTask { RequestTimings.current?.addQuery(.microseconds(250)) }
        }
        RequestTimings.current?.addCache(.nanoseconds(42_900))
        return Response(status: .noContent)
      }
      router.get("/idle") { _, _ in Response(status: .noContent) }
    }
    let answer = try await caller.get("/work")
    #expect(answer.headers[.databaseQueries] == "2")
    let timing = try #require(answer.headers[.serverTiming])
    #expect(timing.hasPrefix("db;dur=1.750, cache;dur=0.042, total;dur="))
    let total = try #require(timing.split(separator: "total;dur=").last)
    #expect(answer.headers[.responseTime] == "\(total)ms")
    #expect(Double(total) != nil)
    // What one request counts is not another's.
    #expect(try await caller.get("/idle").headers[.databaseQueries] == "0")
    #expect(try await caller.get("/nothing").headers[.databaseQueries] == "0")
  }
}

@Suite struct SecurityHeaderTests {
  private let caller = Caller { router in
    router.get("/plain") { _, _ in Response(status: .ok) }
    router.get("/own") { _, _ in
      Response(
        status: .ok,
        headers: [.contentSecurityPolicy: "default-src 'self'", .cacheControl: "max-age=60"])
    }
  }

  @Test(arguments: ["/plain", "/nothing"])
  func everyAnswerHasThem(path: String) async throws {
    let headers = try await caller.get(path).headers
    #expect(headers[.xContentTypeOptions] == "nosniff")
    #expect(headers[.frameOptions] == "DENY")
    #expect(headers[.referrerPolicy] == "no-referrer")
    #expect(headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
    #expect(headers[.cacheControl] == "no-store")
  }

  @Test func aRoutesOwnStay() async throws {
    let headers = try await caller.get("/own").headers
    #expect(headers[values: .contentSecurityPolicy] == ["default-src 'self'"])
    #expect(headers[values: .cacheControl] == ["max-age=60"])
  }
}

@Suite struct GzipTests {
  private let caller = Caller { router in
    router.get("/long") { _, _ in Response.json { $0.member("text", long) } }
    router.get("/short") { _, _ in Response.json { $0.member("text", "short") } }
    router.get("/problem") { _, _ -> Response in
      throw Problem(slug: "long", title: "Long", status: 400, detail: long)
    }
    router.get("/image") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "image/png"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: long)))
    }
    router.get("/coded") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/css", .contentEncoding: "br"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: long)))
    }
    for (path, type) in [
      ("/stream", "application/x-ndjson; charset=utf-8"), ("/sse", "text/event-stream"),
    ] {
      router.get(RouterPath(path)) { _, _ in
        Response(
          status: .ok, headers: [.contentType: type],
          body: ResponseBody { writer in
            for _ in 0..<10 { try await writer.write(ByteBuffer(string: long)) }
            try await writer.finish(nil)
          })
      }
    }
  }

  private let limits = InflateLimits(maxOutput: 1 << 20, maxRatio: 1000)

  @Test func aLongAnswerIsCompressed() async throws {
    let answer = try await caller.get("/long", headers: [.acceptEncoding: "br, gzip;q=0.5"])
    #expect(answer.headers[.contentEncoding] == "gzip")
    #expect(answer.headers[.vary] == "Accept-Encoding")
    #expect(answer.headers[.contentLength] == String(answer.bytes.count))
    let plain = try await caller.get("/long")
    #expect(plain.headers[.contentEncoding] == nil)
    #expect(plain.headers[.vary] == "Accept-Encoding")
    #expect(try Gzip.decompress(answer.bytes, limits: limits) == plain.bytes)
    #expect(answer.bytes.count < plain.bytes.count / 4)
  }

  @Test(arguments: ["/short", "/image", "/coded", "/sse"])
  func othersAreNot(path: String) async throws {
    let answer = try await caller.get(path, headers: [.acceptEncoding: "gzip"])
    #expect(answer.headers[.contentEncoding] != "gzip")
    #expect(answer.headers[.vary] == nil)
  }

  @Test func aStreamIsCompressedAsItGoes() async throws {
    let answer = try await caller.get("/stream", headers: [.acceptEncoding: "gzip"])
    #expect(answer.headers[.contentEncoding] == "gzip")
    #expect(answer.headers[.contentLength] == nil)
    let plain = try await caller.get("/stream")
    #expect(try Gzip.decompress(answer.bytes, limits: limits) == plain.bytes)
  }

  @Test func aLongProblemIsCompressed() async throws {
    let answer = try await caller.get("/problem", headers: [.acceptEncoding: "gzip"])
    #expect(answer.status == 400)
    #expect(answer.headers[.contentEncoding] == "gzip")
    #expect(answer.headers[.vary] == "Accept-Encoding")
    let text = String(decoding: try Gzip.decompress(answer.bytes, limits: limits), as: UTF8.self)
    #expect(text.contains("/problems/long"))
  }

  @Test func headSaysWhatGetWould() async throws {
    let head = try await caller.send(.head, "/long", headers: [.acceptEncoding: "gzip"])
    let get = try await caller.get("/long", headers: [.acceptEncoding: "gzip"])
    #expect(head.headers[.contentEncoding] == "gzip")
    #expect(head.headers[.contentLength] == get.headers[.contentLength])
    #expect(head.bytes.isEmpty)
  }

  @Test(arguments: [
    ([], false), ([""], false), (["gzip"], true), (["GZIP"], true), (["x-gzip"], true),
    (["deflate, gzip"], true), (["deflate", "gzip"], true), (["gzip;q=0"], false),
    (["gzip; q=0.000"], false), (["gzip;q=0.001"], true), (["*"], true), (["*;q=0"], false),
    (["*;q=0, gzip"], true), (["gzip;q=0, *"], false), (["identity"], false), (["gzipx"], false),
    (["br;q=1.0 , \tgzip ;q=0.8"], true), ([",,"], false), ([";q=1"], false),
  ])
  func acceptEncoding(fields: [String], accepted: Bool) {
    #expect(AcceptEncoding.acceptsGzip(fields) == accepted)
  }
}

@Suite struct ConditionalTests {
  private let caller = Caller { router in
    router.get("/list") { _, _ in Response.json(tag: EntityTag("g7-1")) { $0.member("text", long) }
    }
    router.post("/list") { _, _ in Response.json(tag: EntityTag("g7-1")) { $0.member("a", 1) } }
    router.get("/untagged") { _, _ in Response.json { $0.member("a", 1) } }
    router.get("/api/list") { _, _ in Response.json { $0.member("text", long) } }
    router.post("/api/list") { _, _ in Response.json { $0.member("a", 1) } }
    router.get("/api/secret") { _, _ in
      var response = Response.json { $0.member("a", 1) }
      response.headers[.cacheControl] = "no-store"
      return response
    }
  }

  @Test func whatTheApiAnswersHasTheTagOfItsBytes() async throws {
    let answer = try await caller.get("/api/list")
    let tag = try #require(answer.headers[.eTag])
    #expect(answer.headers[.cacheControl] == "private, no-cache")
    #expect(answer.member("text") == long)
    let again = try await caller.get(
      "/api/list", headers: [.ifNoneMatch: tag, .acceptEncoding: "gzip"])
    #expect(again.status == 304 && again.bytes.isEmpty)
    #expect(try await caller.send(.head, "/api/list").headers[.eTag] == tag)
    #expect(try await caller.post("/api/list", "").headers[.eTag] == nil)
    let secret = try await caller.get("/api/secret")
    #expect(secret.headers[.eTag] == nil && secret.headers[.cacheControl] == "no-store")
  }

  @Test(arguments: ["W/\"g7-1\"", "\"g7-1\"", "\"other\", W/\"g7-1\"", "*", "\"a,b\",\"g7-1\""])
  func whatTheClientHasIsNotSentAgain(tag: String) async throws {
    let answer = try await caller.get(
      "/list", headers: [.ifNoneMatch: tag, .acceptEncoding: "gzip"])
    #expect(answer.status == 304)
    #expect(answer.bytes.isEmpty)
    #expect(answer.headers[.eTag] == "W/\"g7-1\"")
    #expect(answer.headers[.cacheControl] == "private, no-cache")
    #expect(answer.headers[.contentLength] == nil)
    #expect(answer.headers[.contentType] == nil)
    #expect(answer.headers[.contentEncoding] == nil)
    #expect(answer.headers[.vary] == "Accept-Encoding")
    #expect(answer.headers[.requestID] != nil)
  }

  @Test(arguments: ["\"g7-2\"", "g7-1", "W/g7-1", "\"g7-1", "", "\"g7-1 \"", "**x"])
  func anotherTagGetsTheWhole(tag: String) async throws {
    let answer = try await caller.get("/list", headers: [.ifNoneMatch: tag])
    #expect(answer.status == 200)
    #expect(answer.headers[.eTag] == "W/\"g7-1\"")
    #expect(answer.bytes.count > long.utf8.count)
  }

  @Test func changesAndUntaggedAnswersAreNotConditional() async throws {
    let post = try await caller.send(.post, "/list", headers: [.ifNoneMatch: "*"])
    #expect(post.status == 200)
    #expect(try await caller.get("/untagged", headers: [.ifNoneMatch: "*"]).status == 200)
  }

  @Test func tagsAreReadFromHeaders() {
    #expect(EntityTag(header: "W/\"a\"")?.value == "a")
    #expect(EntityTag(header: "\"a\"")?.value == "a")
    for text in ["", "a", "\"a", "\"a\", \"b\"", "x\"a\"", "\"a\"x"] {
      #expect(EntityTag(header: text) == nil)
    }
  }
}
