/// What a client says in `Accept-Encoding` (RFC 9110 §12.5.3).
enum AcceptEncoding {
  /// Whether gzip is accepted: named, or covered by `*`, with a weight other than zero.
  static func acceptsGzip(_ fields: some Sequence<String>) -> Bool {
    var any: Bool?
    for field in fields {
      // What nearly all clients send.
      if field == "gzip" || field.hasPrefix("gzip,") { return true }
      for item in field.split(separator: ",") {
        let parts = item.split(separator: ";").map { trimmed($0).lowercased() }
        guard let coding = parts.first else { continue }
        let accepted = !parts.dropFirst().contains { isZeroWeight($0) }
        if coding == "gzip" || coding == "x-gzip" { return accepted }
        if coding == "*" { any = accepted }
      }
    }
    return any ?? false
  }

  /// `q=0`, `q=0.0` and so on.
  private static func isZeroWeight(_ parameter: String) -> Bool {
    guard parameter.hasPrefix("q=") else { return false }
    return parameter.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " || $0 == "\t" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...end]
  }
}
