import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import Service

@Suite struct MalformedRequestTests {
  private let bare = HTTPResponse(
    status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"])

  /// What goes out for `head` after an error.
  private func answer(_ head: HTTPResponse, after error: (any Error)?) throws -> Answer {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(MalformedRequestHandler())
    defer { _ = try? channel.finish() }
    if let error { channel.pipeline.fireErrorCaught(error) }
    try? channel.throwIfErrorCaught()
    try channel.writeOutbound(HTTPResponsePart.head(head))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
    var answer = Answer(status: 0, headers: [:], bytes: [])
    while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
      switch part {
      case .head(let head):
        answer = Answer(status: head.status.code, headers: head.headerFields, bytes: [])
      case .body(let buffer):
        answer = Answer(
          status: answer.status, headers: answer.headers,
          bytes: answer.bytes + Array(buffer.readableBytesView))
      case .end: break
      }
    }
    return answer
  }

  @Test(arguments: [
    (HTTPParserError.invalidMethod, 400, "malformed_request"),
    (HTTPParserError.invalidHeaderToken, 400, "malformed_request"),
    (HTTPParserError.headerOverflow, 431, "headers_too_large"),
  ])
  func aBareAnswerGetsItsProblem(error: HTTPParserError, status: Int, slug: String) throws {
    let answer = try answer(bare, after: error)
    #expect(answer.status == status)
    #expect(answer.slug == slug)
    #expect(answer.headers[.contentLength] == String(answer.bytes.count))
    #expect(answer.headers[.connection] == "close")
    #expect(answer.headers[.requestID] == answer.member("request_id"))
    for name in [HTTPField.Name.serverTiming, .responseTime, .databaseQueries] {
      #expect(answer.headers[name] != nil)
    }
  }

  @Test func whatARouteAnswersStays() throws {
    #expect(try answer(bare, after: nil).bytes.isEmpty)
    var own = bare
    own.headerFields[.contentLength] = "7"
    #expect(try answer(own, after: HTTPParserError.unknown).headers[.contentLength] == "7")
    own = HTTPResponse(status: .noContent)
    #expect(try answer(own, after: HTTPParserError.unknown).status == 204)
  }
}

@Suite struct ContinueTests {
  @Test(arguments: [("100-continue", true), ("100-Continue", true), ("200-ok", false), ("", false)])
  func whoWaitsIsAskedForHisBody(expect: String, isAsked: Bool) throws {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(ContinueHandler())
    defer { _ = try? channel.finish() }
    var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/api/events")
    if !expect.isEmpty { head.headerFields[.expect] = expect }
    try channel.writeInbound(HTTPRequestPart.head(head))
    let answer = try channel.readOutbound(as: HTTPResponsePart.self)
    if case .head(let head)? = answer {
      #expect(isAsked && head.status == .continue)
    } else {
      #expect(!isAsked)
    }
    let passed = try channel.readInbound(as: HTTPRequestPart.self)
    #expect(passed == .head(head))
  }
}
