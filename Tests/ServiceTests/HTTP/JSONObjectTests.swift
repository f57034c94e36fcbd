import Compression
import Core
import HTTPTypes
import Hummingbird
import Testing

@testable import Service

private enum Level: String, CaseIterable { case low, high }

@Suite struct JSONObjectTests {
  private func object(_ text: String) throws(Problem) -> JSONObject {
    try JSONObject(Array(text.utf8), allowing: ["name", "count", "on", "tags", "at", "level"])
  }

  private func faults(_ text: String) throws -> [String] {
    try #require(throws: Problem.self) { try object(text) }.errors.map {
      "\($0.pointer) \($0.code)"
    }
  }

  @Test func members() throws {
    let object = try object(
      #" {"name":"ä\n\"x\"","count":-3,"on":true,"tags":["a","b"],"at":"2026-11-21T05:30:00Z","level":"high"} "#
    )
    #expect(try object.string("name") == "ä\n\"x\"")
    #expect(try object.requiredString("name") == "ä\n\"x\"")
    #expect(try object.int("count", in: -5...5) == -3)
    #expect(try object.bool("on") == true)
    #expect(try object.strings("tags") == ["a", "b"])
    #expect(try object.time("at") == Timestamp("2026-11-21T05:30:00Z"))
    #expect(try object.choice("level", of: Level.self) == .high)
  }

  @Test(arguments: [#""""#, #"" \t\n""#, #""\u000b""#, #""abcd""#])
  func noLine(_ text: String) throws {
    #expect(throws: Problem.self) { try object(#"{"name":\#(text)}"#).line("name", maximum: 3) }
    #expect(throws: Problem.self) {
      try object(#"{"tags":["a",\#(text)]}"#).lines("tags", maximumCount: 2, maximum: 3)
    }
  }

  @Test func lines() throws {
    let object = try object(#"{"name":" a ","tags":["b","b"]}"#)
    #expect(try object.line("name", maximum: 3) == " a ")
    #expect(try object.lines("tags", maximumCount: 2, maximum: 3) == ["b"])
  }

  @Test func absentAndNull() throws {
    let object = try object(#"{"name":null}"#)
    #expect(object.has("name"))
    #expect(!object.has("count"))
    #expect(try object.string("name") == nil)
    #expect(try object.int("count", in: 0...1) == nil)
    #expect(try object.strings("tags") == nil)
    let problem = try #require(throws: Problem.self) { try object.requiredString("name") }
    #expect(
      problem.errors == [FieldError(pointer: "/name", code: "missing", detail: "name is needed")])
  }

  @Test func unknownAndDuplicateMembersAreNamed() throws {
    #expect(try faults(#"{"name":"a","nmae":"b"}"#) == ["/nmae unknown"])
    #expect(try faults(#"{"name":"a","name":"b"}"#) == ["/name duplicate"])
    #expect(try faults(#"{"name":"a","na\u006de":"b"}"#) == ["/name duplicate"])
    #expect(try faults(#"{"a/b~c":1,"":2}"#) == ["/a~1b~0c unknown", "/ unknown"])
    #expect(try faults(#"{"name":{"count":1,"other":2},"x":{"y":1}}"#) == ["/x unknown"])
  }

  @Test(arguments: [
    "", " ", "[]", "\"a\"", "null", "{", "{}{}", #"{"name":}"#, #"{"name":"a",}"#, "{'name':1}",
    #"{"name":"\ud800"}"#, "{\"name\":\"a\u{1}\"}", String(repeating: "[", count: 1000),
  ])
  func whatIsNoObjectIsRefused(text: String) throws {
    let problem = try #require(throws: Problem.self) { try object(text) }
    #expect(problem.slug == "malformed_json")
    #expect(problem.status == 400)
  }

  @Test func typesAndLimits() throws {
    let object = try object(
      ##"{"name":7,"count":"7","on":"true","tags":["a",1],"at":"today","level":"hihg"}"##)
    let bodies: [(String, () throws -> Void)] = [
      ("/name", { _ = try object.string("name") }),
      ("/count", { _ = try object.int("count", in: 0...9) }),
      ("/on", { _ = try object.bool("on") }),
      ("/tags", { _ = try object.strings("tags") }),
      ("/at", { _ = try object.time("at") }),
      ("/level", { _ = try object.choice("level", of: Level.self) }),
    ]
    for (pointer, body) in bodies {
      let problem = try #require(throws: Problem.self) { try body() }
      #expect(problem.slug == "invalid_body")
      #expect(problem.errors.map(\.pointer) == [pointer])
    }
  }

  @Test(arguments: [
    #"{"name":"\u0000"}"#, #"{"tags":["\u0000"]}"#, #"{"tags":"a"}"#, #"{"tags":{"a":"b"}}"#,
    #"{"tags":["a","b","c"]}"#, #"{"tags":["abcdefgh"]}"#, #"{"count":1.5}"#, #"{"count":1e1}"#,
    #"{"count":99999999999999999999}"#, #"{"name":"abcdefgh"}"#, #"{"name":["a"]}"#,
  ])
  func outOfBounds(text: String) throws {
    let object = try object(text)
    let problem = try #require(throws: Problem.self) {
      _ = try object.string("name", maximumBytes: 7)
      _ = try object.strings("tags", maximumCount: 2, maximumBytes: 7)
      _ = try object.int("count", in: 0...9)
    }
    #expect(problem.slug == "invalid_body")
  }
}

@Suite struct ControlBodyTests {
  private let caller = Caller { router in
    router.post("/control") { request, _ in
      let body = try await request.jsonObject(allowing: "a")
      let value = try body.requiredString("a", maximumBytes: 100_000)
      return Response.json { $0.member("a", value.utf8.count) }
    }
  }

  @Test(arguments: ["application/json", "application/json; charset=utf-8", "Application/JSON"])
  func jsonIsTaken(type: String) async throws {
    let answer = try await caller.post("/control", #"{"a":"xy"}"#, headers: [.contentType: type])
    #expect(answer.text == #"{"a":2}"#)
    #expect(answer.type == "application/json")
  }

  @Test(arguments: ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
  func anotherTypeIs415(type: String) async throws {
    let answer = try await caller.post("/control", #"{"a":"xy"}"#, headers: [.contentType: type])
    #expect(answer.status == 415)
    #expect(answer.slug == "unsupported_media_type")
  }

  @Test(arguments: ["br", "deflate", "gzip, gzip"])
  func anotherCodingIs415(coding: String) async throws {
    let answer = try await caller.post(
      "/control", "", headers: [.contentType: "application/json", .contentEncoding: coding])
    #expect(answer.status == 415)
    #expect(answer.slug == "unsupported_content_encoding")
  }

  private func gzip(_ body: String, cut: Int = 0) async throws -> Answer {
    try await caller.send(
      .post, "/control", headers: [.contentType: "application/json", .contentEncoding: "gzip"],
      bytes: try Gzip.compress(Array(body.utf8)).dropLast(cut))
  }

  @Test func gzipIsTakenUpToTheLimitOfWhatItInflatesTo() async throws {
    #expect(try await gzip(#"{"a":"xy"}"#).text == #"{"a":2}"#)
    #expect(try await gzip(#"{"a":"xy"}"#, cut: 9).slug == "malformed_body")
    let answer = try await gzip(String(repeating: " ", count: 5_000_000))
    #expect(answer.status == 413)
    #expect(answer.slug == "body_too_large")
  }

  @Test func aLargeBodyIs413() async throws {
    let text = #"{"a":"\#(String(repeating: "x", count: 70_000))"}"#
    #expect(try await caller.post("/control", text).slug == "body_too_large")
    let declared = try await caller.post(
      "/control", "{}", headers: [.contentType: "application/json", .contentLength: "9999999"])
    #expect(declared.status == 413)
  }
}

@Suite struct NestedJSONObjectTests {
  private func object(_ text: String) throws(Problem) -> JSONObject {
    try JSONObject(Array(text.utf8), allowing: ["entity", "match"])
  }

  @Test func nestedMembers() throws {
    let object = try object(#"{"entity": {"type":"ip","on":null} ,"match":[{"a":1}]}"#)
    let entity = try #require(try object.object("entity", allowing: ["type", "on"]))
    #expect(try entity.requiredString("type") == "ip")
    #expect(try object.container("match", maximumBytes: 9) == #"[{"a":1}]"#)
    #expect(try Self.none().object("entity", allowing: []) == nil)
    #expect(try Self.none().container("match", maximumBytes: 1) == nil)
  }

  private static func none() throws(Problem) -> JSONObject {
    try JSONObject(Array(#"{"entity":null}"#.utf8), allowing: ["entity", "match"])
  }

  @Test func faultsNameTheirPlace() throws {
    let text = #"{"entity":{"typ":1,"value":2,"value":3},"match":"x"}"#
    let object = try object(text)
    let nested = try #require(throws: Problem.self) {
      _ = try object.object("entity", allowing: ["type", "value"])
    }
    #expect(
      nested.errors.map { "\($0.pointer) \($0.code)" } == [
        "/entity/typ unknown", "/entity/value duplicate",
      ])
    let wrong = try #require(throws: Problem.self) {
      _ = try object.container("match", maximumBytes: 100)
    }
    #expect(wrong.errors.map(\.code) == ["wrong_type"])
    let long = try #require(throws: Problem.self) {
      _ = try object.container("entity", maximumBytes: 5)
    }
    #expect(long.errors.map(\.code) == ["too_long"])
    let inner = try Self.nested(#"{"entity":{"type":1}}"#)
    let type = try #require(throws: Problem.self) { _ = try inner.string("type") }
    #expect(type.errors.map(\.pointer) == ["/entity/type"])
  }

  private static func nested(_ text: String) throws -> JSONObject {
    let object = try JSONObject(Array(text.utf8), allowing: ["entity"])
    return try #require(try object.object("entity", allowing: ["type"]))
  }
}
