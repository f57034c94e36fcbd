internal import HTTPTypes
internal import Hummingbird

/// Headers that keep a browser from doing more with an answer than it should. What a route sets itself
/// stays, so that the console can allow its own scripts.
struct SecurityHeadersMiddleware: RouterMiddleware {
  private static let defaults: [(HTTPField.Name, String)] = [
    (.xContentTypeOptions, "nosniff"),
    (.frameOptions, "DENY"),
    (.referrerPolicy, "no-referrer"),
    (.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
    (.crossOriginResourcePolicy, "same-origin"),
    (.cacheControl, "no-store"),
  ]

  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    var response = try await next(request, context)
    for (name, value) in Self.defaults where !response.headers.contains(name) {
      response.headers[name] = value
    }
    return response
  }
}
