internal import HTTPTypes
internal import Hummingbird

/// Lets pages of other origins read answers (Fetch §3.2), those that are named and no others.
///
/// Credentials travel in headers, never in cookies, so they are not offered to browsers either.
struct CrossOriginHeaders {
  /// Such as `https://console.example.org`, as browsers write them.
  let origins: Set<String>

  /// How long a browser may remember what it was allowed.
  private static let lifetime = "600"
  /// What a page may send beside what it always may.
  private static let requestHeaders =
    "Authorization, Content-Encoding, Content-Type, Harrier-Min-Position, Idempotency-Key, "
    + "If-Match, If-None-Match, Last-Event-ID, X-API-Key, X-Request-ID"
  /// What a page may read beside what it always may.
  private static let responseHeaders =
    "Age, Content-Disposition, ETag, Harrier-Position, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    + "Server-Timing, WWW-Authenticate, X-Cache, X-DB-Queries, X-Request-ID, X-Response-Time"

  func add(to response: inout Response, of request: Request) {
    response.headers[values: .vary].append("Origin")
    guard let origin = request.headers[.origin], origins.contains(origin) else { return }
    response.headers[.accessControlAllowOrigin] = origin
    response.headers[.crossOriginResourcePolicy] = "cross-origin"
    guard request.method == .options, request.headers[.accessControlRequestMethod] != nil else {
      response.headers[.accessControlExposeHeaders] = Self.responseHeaders
      return
    }
    // Nothing is answered at an address that is unknown, and so nothing allowed.
    guard let methods = response.headers[.allow] else { return }
    response.headers[.accessControlAllowMethods] = methods
    response.headers[.accessControlAllowHeaders] = Self.requestHeaders
    response.headers[.accessControlMaxAge] = Self.lifetime
  }
}
