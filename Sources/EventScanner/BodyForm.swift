/// How a body holds its records.
public enum BodyForm: String, Sendable {
  /// One object a line (`application/x-ndjson`). Lines are independent: a malformed one is an error of
  /// its own and the rest goes on.
  case lines
  /// A JSON array of objects.
  case array
  /// An object whose member `events` (or `Records`, as CloudTrail writes its files) is the array.
  case envelope
  /// One object, or several behind each other with or without white space between them.
  case objects

  /// Whether a media type promises lines. Parameters and case do not matter.
  public static func isLines(contentType: String?) -> Bool {
    guard let contentType else { return false }
    let essence = contentType.prefix { $0 != ";" }.lowercased()
    let name = essence.split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? ""
    return lineTypes.contains(String(name))
  }

  private static let lineTypes: Set<String> = [
    "application/x-ndjson", "application/ndjson", "application/x-jsonlines",
    "application/jsonlines", "application/jsonl", "application/x-json-stream",
    "application/vnd.elasticsearch+x-ndjson",
  ]
}
