internal import Core
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Problem {
  static let contentType = "application/problem+json"

  /// RFC 9457, with our `request_id` and `errors`.
  ///
  /// - Parameter instance: the path of the request.
  func json(instance: String, requestID: String) -> [UInt8] {
    JSONWriter.object { json in
      json.member("type", "/problems/\(slug)")
      json.member("title", title)
      json.member("status", status)
      json.member("detail", detail)
      json.member("instance", instance)
      json.member("request_id", requestID)
      guard !errors.isEmpty else { return }
      json.array("errors") { json in
        for error in errors {
          json.object { json in
            json.member("pointer", error.pointer)
            json.member("code", error.code)
            json.member("detail", error.detail)
          }
        }
      }
    }
  }

  func response(to request: Request, requestID: String) -> Response {
    let body = json(instance: request.uri.path, requestID: requestID)
    var response = Response(
      status: HTTPResponse.Status(code: status), headers: [.contentType: Self.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    response.headers[.cacheControl] = "no-store"
    if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
    if let challenge { response.headers[.wwwAuthenticate] = challenge }
    return response
  }

  /// RFC 6750 §3. Only Bearer is offered: browsers answer an offer of Basic with a dialogue of theirs.
  private var challenge: String? {
    switch (status, slug) {
    case (401, "credentials_missing"): #"Bearer realm="harrier""#
    case (401, _): #"Bearer realm="harrier", error="invalid_token""#
    case (403, "insufficient_scope"): #"Bearer realm="harrier", error="insufficient_scope""#
    default: nil
    }
  }
}
