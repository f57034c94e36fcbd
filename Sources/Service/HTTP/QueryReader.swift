internal import Core

/// The parameters of a query, read strictly: a name that the endpoint doesn't know, a name that is given
/// twice, an empty value or one that cannot be read is refused with the name, because a typo that is
/// passed over would widen a security query.
struct QueryReader {
  /// Beyond these a query is refused unread.
  static let maximumLength = 8192

  private let allowed: [String]
  private let values: [String: String]

  /// Reads a query by the rules of `application/x-www-form-urlencoded`: `+` is a blank, so a time zone's
  /// `+` must be written `%2B` (``time(_:)`` forgives it).
  ///
  /// - Parameters:
  ///   - query: what stands behind the `?`; nil or empty for none.
  ///   - allowed: every name that the endpoint knows.
  /// - Throws: the ``Problem`` 400 `malformed_query`, `unknown_parameter` or `duplicate_parameter`.
  init(_ query: String?, allowing allowed: [String]) throws(Problem) {
    self.allowed = allowed
    let bytes = Array((query ?? "").utf8)
    guard bytes.count <= Self.maximumLength else {
      throw .invalidQuery(
        "malformed_query", "the query is longer than \(Self.maximumLength) bytes", [])
    }
    var values: [String: String] = [:]
    var unknown: [String] = []
    var duplicate: [String] = []
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]),
        let value = Self.decoded(parts.dropFirst().first ?? [])
      else {
        throw .invalidQuery("malformed_query", "the query is not percent-encoded UTF-8", [])
      }
      if !allowed.contains(name) {
        unknown.append(name)
      } else if values.updateValue(value, forKey: name) != nil {
        duplicate.append(name)
      }
    }
    if !unknown.isEmpty { throw Self.unknown(unknown, allowed) }
    if !duplicate.isEmpty { throw Self.duplicate(duplicate) }
    self.values = values
  }

  private static func unknown(_ names: [String], _ allowed: [String]) -> Problem {
    let known =
      allowed.isEmpty
      ? "this endpoint takes no parameters" : "allowed are \(allowed.joined(separator: ", "))"
    let shown = names.prefix(10).map { String($0.prefix(100)) }
    return .invalidQuery(
      "unknown_parameter", "unknown parameter \(shown.joined(separator: ", ")); \(known)",
      shown.map { FieldError(pointer: $0, code: "unknown", detail: known) })
  }

  private static func duplicate(_ names: [String]) -> Problem {
    .invalidQuery(
      "duplicate_parameter", "parameter \(names.joined(separator: ", ")) is given more than once",
      names.map { FieldError(pointer: $0, code: "duplicate", detail: "give it once") })
  }

  /// Nil for a broken escape, for what is not UTF-8, and for NUL.
  private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var position = text.startIndex
    while position < text.endIndex {
      switch text[position] {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard position + 2 < text.endIndex, let high = hexDigitValue(text[position + 1]),
          let low = hexDigitValue(text[position + 2])
        else { return nil }
        bytes.append(high << 4 | low)
        position += 2
      default: bytes.append(text[position])
      }
      position += 1
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Whether the parameter is given.
  func has(_ name: String) -> Bool {
    precondition(allowed.contains(name), "\(name) is not among the allowed parameters")
    return values[name] != nil
  }

  /// The value; nil where the parameter is not given.
  ///
  /// - Throws: the ``Problem`` 400 `invalid_parameter` for an empty or overlong one.
  func string(_ name: String, maximumBytes: Int = 1000) throws(Problem) -> String? {
    guard has(name), let value = values[name] else { return nil }
    guard !value.isEmpty else {
      throw Self.invalid(name, "must not be empty; leave it out instead")
    }
    guard value.utf8.count <= maximumBytes else {
      throw Self.invalid(name, "must have at most \(maximumBytes) bytes")
    }
    return value
  }

  /// A value whose length is counted in Unicode's characters, as JSON Schema does.
  func string(_ name: String, maximumLength: Int) throws(Problem) -> String? {
    guard let value = try string(name, maximumBytes: 4 * maximumLength) else { return nil }
    guard value.unicodeScalars.count <= maximumLength else {
      throw Self.invalid(name, "must have at most \(maximumLength) characters")
    }
    return value
  }

  /// For a value that the endpoint itself finds wrong.
  static func invalid(_ name: String, _ detail: String) -> Problem {
    .invalidQuery(
      "invalid_parameter", "\(name) \(detail)",
      [FieldError(pointer: name, code: "invalid", detail: detail)])
  }
}
