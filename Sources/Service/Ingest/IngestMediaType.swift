internal import Core

/// What a body of events may call itself.
enum IngestMediaType {
  /// Types that name JSON or lines of it, and those that clients send when nobody told them
  /// (`curl -d`, Python's `requests`); the body then shows what it is.
  private static let accepted: Set<String> = [
    "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl",
    "application/x-jsonlines", "application/jsonlines", "application/json-lines",
    "application/x-json-stream", "application/vnd.elasticsearch+x-ndjson",
    "application/octet-stream", "application/x-www-form-urlencoded", "text/plain", "text/json",
  ]

  static func check(_ contentType: String?) throws(Problem) {
    guard let contentType else { return }
    let essence = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    guard accepted.contains(essence) else {
      throw .unsupportedMediaType("application/json or application/x-ndjson")
    }
  }
}
