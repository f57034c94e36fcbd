internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers 304 without a body where the client has what we would send: a 200 with an `ETag` that the
/// request's `If-None-Match` names. A route that can tell its tag before it does its work should ask
/// ``Request/isCurrent(_:)`` itself.
enum ConditionalAnswer {
  /// Gives every JSON answer of the API that has no tag yet the one of its bytes. Probes, streams and what
  /// says itself how it may be kept get none.
  static func tag(_ response: inout Response, to request: Request) async throws {
    guard response.status == .ok, request.method == .get || request.method == .head,
      !response.headers.contains(.eTag), !response.headers.contains(.cacheControl),
      response.headers.first(.contentType) == "application/json",
      response.body.contentLength != nil, request.uri.path.hasPrefix("/api/")
    else { return }
    let bytes = try await response.body.collected()
    response.headers[.eTag] = EntityTag(body: bytes).description
    response.headers[.cacheControl] = "private, no-cache"
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
  }

  static func shorten(_ response: inout Response, to request: Request) {
    guard request.headers.contains(.ifNoneMatch),
      request.method == .get || request.method == .head, response.status == .ok,
      let tag = response.headers.first(.eTag).flatMap(EntityTag.init(header:)),
      request.isCurrent(tag)
    else { return }
    var empty = Response(status: .notModified, headers: response.headers)
    for name in [HTTPField.Name.contentType, .contentLength, .contentEncoding] {
      empty.headers[name] = nil
    }
    // What the whole answer would have said (RFC 9110 §15.4.5).
    if !empty.headers[values: .vary].contains("Accept-Encoding") {
      empty.headers[values: .vary].append("Accept-Encoding")
    }
    response = empty
  }
}

extension Request {
  /// Whether the client says that it has the representation with this tag.
  func isCurrent(_ tag: EntityTag) -> Bool {
    tag.matches(ifNoneMatch: headers[values: .ifNoneMatch])
  }
}
