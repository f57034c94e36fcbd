internal import Core

/// What the service itself finds wrong with a request.
extension Problem {
  static var notFound: Problem {
    Problem(
      slug: "not_found", title: "Not found", status: 404,
      detail: "there is nothing at this address")
  }

  static func methodNotAllowed(_ method: String, allowed: [String]) -> Problem {
    Problem(
      slug: "method_not_allowed", title: "Method not allowed", status: 405,
      detail: "\(method) is not answered here; use \(allowed.joined(separator: " or "))")
  }

  static var internalError: Problem {
    Problem(
      slug: "internal", title: "Internal error", status: 500,
      detail: "something broke on our side; the request id finds it in the log")
  }

  static var unavailable: Problem {
    Problem(
      slug: "unavailable", title: "Not available now", status: 503,
      detail: "the database cannot be reached or is overloaded; try again", retryAfterSeconds: 2)
  }

  static var queryTimeout: Problem {
    Problem(
      slug: "query_timeout", title: "The query took too long", status: 504,
      detail: "narrow the time range or add a filter; the log names the slow statement"
    )
  }

  static var cancelled: Problem {
    Problem(
      slug: "cancelled", title: "Cancelled", status: 503,
      detail: "the request was cancelled before it was answered", retryAfterSeconds: 1)
  }

  /// Seldom read by anyone: who broke off is gone.
  static var brokenOff: Problem {
    Problem(
      slug: "malformed_request", title: "The request is not whole", status: 400,
      detail: "the request is not HTTP/1.1 or broke off before its end; nothing of it was stored")
  }

  static func bodyTooLarge(limit: Int) -> Problem {
    Problem(
      slug: "body_too_large", title: "The body is too large", status: 413,
      detail: "the body may have at most \(limit) bytes")
  }

  static func unsupportedMediaType(_ wanted: String) -> Problem {
    Problem(
      slug: "unsupported_media_type", title: "Unsupported media type", status: 415,
      detail: "send Content-Type: \(wanted)")
  }

  static func unsupportedCoding(_ allowed: String) -> Problem {
    Problem(
      slug: "unsupported_content_encoding", title: "Unsupported content encoding", status: 415,
      detail: "send the body as it is or with Content-Encoding: \(allowed)")
  }

  static func malformedJSON(_ detail: String) -> Problem {
    Problem(
      slug: "malformed_json", title: "The body is not the JSON that is asked for", status: 400,
      detail: detail)
  }

  static func invalidBody(_ errors: [FieldError]) -> Problem {
    Problem(
      slug: "invalid_body", title: "The body is not valid", status: 400,
      detail: errors.map(\.detail).joined(separator: "; "), errors: errors)
  }

  static func invalidQuery(_ slug: String, _ detail: String, _ errors: [FieldError]) -> Problem {
    Problem(
      slug: slug, title: "The query is not valid", status: 400, detail: detail, errors: errors)
  }

  /// An error of the framework that has nothing but a status.
  static func status(_ code: Int, _ reason: String) -> Problem {
    Problem(
      slug: "http_\(code)", title: reason, status: code, detail: "the request cannot be answered")
  }
}
