internal import Access
internal import Core

extension Schema {
  /// Up to 100 characters, none of them U+0000.
  static let shortText = Schema.string(minimum: 1, maximum: 100, pattern: "^[^\\u0000]+$")
  /// A name for people to read: not only blanks, no control characters, at most 200 bytes.
  static let label = Schema.string(
    minimum: 1, maximum: 50,
    pattern:
      "^[^\\u0000-\\u001f\\u007f-\\u009f]*[!-~\\u00a1-\\u02ff][^\\u0000-\\u001f\\u007f-\\u009f]*$")
  static let password = Schema.string(minimum: 12, maximum: 256, pattern: "^[^\\u0000]+$")
  static let tier = Schema.integer(1...4)
  static let keyID = Schema.string(pattern: "^[0-9a-hjkmnp-tv-z]{16}$")
  static let smallNumber = Schema.integer(1...Int(Int32.max))
}

extension JSONObject {
  func tier(_ name: String) throws(Problem) -> RateTier? {
    try int(name, in: 1...4).flatMap { RateTier(rawValue: Int16($0)) }
  }

  /// Needed, and not null.
  func required<Value>(
    _ name: String, _ value: Value?
  ) throws(Problem) -> Value {
    guard let value else { throw invalid(name, "missing", "is needed") }
    return value
  }
}
