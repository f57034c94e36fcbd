internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
  /// 204, which has no length either (RFC 9110 §8.6).
  static var noContent: Response {
    var response = Response(status: .noContent)
    response.headers[.contentLength] = nil
    return response
  }

  /// A JSON answer.
  ///
  /// - Parameter tag: for `ETag`; with one the client may keep the answer and must ask each time.
  static func json(
    _ bytes: [UInt8], status: HTTPResponse.Status = .ok, tag: EntityTag? = nil
  ) -> Response {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let tag {
      headers[.eTag] = tag.description
      headers[.cacheControl] = "private, no-cache"
    }
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// A JSON object.
  static func json(
    status: HTTPResponse.Status = .ok, tag: EntityTag? = nil,
    _ body: (inout JSONWriter) throws -> Void
  ) rethrows -> Response {
    json(try JSONWriter.object(body), status: status, tag: tag)
  }
}
