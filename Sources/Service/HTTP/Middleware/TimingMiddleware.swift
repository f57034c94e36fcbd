internal import HTTPTypes
internal import Hummingbird

/// Says in the answer what it cost until its first byte: `Server-Timing` (database, cache, total, in
/// milliseconds), `X-Response-Time` and `X-DB-Queries`.
struct TimingMiddleware: RouterMiddleware {
  @concurrent func handle(
    _ request: Request, context: HarrierRequestContext, next: Next
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response = try await RequestTimings.$current.withValue(context.timings) {
      try await next(request, context)
    }
    let total = milliseconds(ContinuousClock.now - start)
    let spent = context.timings.read
    response.headers[.serverTiming] =
      "db;dur=\(milliseconds(spent.database)), cache;dur=\(milliseconds(spent.cache)), "
      + "total;dur=\(total)"
    response.headers[.responseTime] = "\(total)ms"
    response.headers[.databaseQueries] = String(spent.queries)
    return response
  }
}

/// With three digits behind the point.
private func milliseconds(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  let rest = String(microseconds % 1000)
  return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
}
