internal import HTTPTypes
internal import Hummingbird

/// Says in the answer what it cost until its first byte: `Server-Timing` (database, cache, total, in
/// milliseconds), `X-Response-Time` and `X-DB-Queries`.
enum TimingHeaders {
  static func add(
    to response: inout Response, _ spent: RequestTimings.Totals, total: Duration
  ) {
    let total = milliseconds(total)
    response.headers.put(
      .serverTiming,
      "db;dur=" + milliseconds(spent.database) + ", cache;dur=" + milliseconds(spent.cache)
        + ", total;dur=" + total)
    response.headers.put(.responseTime, total + "ms")
    response.headers.put(.databaseQueries, String(spent.queries))
  }
}

/// With three digits behind the point.
private func milliseconds(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  let rest = microseconds % 1000
  return String(microseconds / 1000) + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + String(rest)
}
