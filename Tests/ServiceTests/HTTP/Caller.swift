import Core
import EventScanner
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded

@testable import Service

/// Sends requests through a router without a network.
struct Caller: Sendable {
  let responder: RouterResponder<HarrierRequestContext>
  var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  init(
    origins: Set<String> = [], _ addRoutes: (Router<HarrierRequestContext>) throws -> Void
  ) rethrows {
    responder = try ServiceRouter.responder(origins: origins, addRoutes)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String = ""
  ) async throws -> Answer {
    try await send(method, path, headers: headers, bytes: Array(body.utf8))
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], bytes: [UInt8]
  ) async throws -> Answer {
    let request = Request(
      head: HTTPRequest(
        method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers),
      body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
    let context = HarrierRequestContext(
      source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: logger))
    let response = try await responder.respond(to: request, context: context)
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Answer(
      status: response.status.code, headers: response.headers, bytes: collector.bytes)
  }

  func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
    try await send(.get, path, headers: headers)
  }

  func post(
    _ path: String, _ body: String, headers: HTTPFields = [.contentType: "application/json"]
  ) async throws -> Answer {
    try await send(.post, path, headers: headers, body: body)
  }
}

struct Answer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var type: String? { headers[.contentType] }

  /// The text of a member of the object that the body is.
  func member(_ name: StaticString) -> String? {
    var tape = JSONTape()
    do {
      try JSONScanner().scanRecord(bytes.span.bytes, into: &tape)
    } catch {
      return nil
    }
    return tape.member(name, in: bytes.span.bytes).map { tape.string(at: $0, in: bytes.span.bytes) }
  }

  /// The last part of the problem's type.
  var slug: String? {
    guard type == "application/problem+json", let type = member("type") else { return nil }
    return type.hasPrefix("/problems/") ? String(type.dropFirst("/problems/".count)) : nil
  }
}
