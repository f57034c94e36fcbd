/// Why a record that is valid JSON cannot become an event. It names the field and never shows a value.
public struct NormalizationError: Error, Hashable, Sendable {
  public enum Code: String, CaseIterable, Sendable {
    /// Neither RFC 3339 nor a number of seconds, milliseconds, microseconds or nanoseconds.
    case timestampInvalid = "timestamp_invalid"
    case portOutOfRange = "port_out_of_range"
    case ipInvalid = "ip_invalid"
    case severityOutOfRange = "severity_out_of_range"
    /// The record is neither a mapped event nor a JSON object.
    case notAnEvent = "not_an_event"
  }

  public let code: Code
  /// The record's own name of the field at fault.
  public let field: String
  /// What is expected there.
  public let expected: String

  public init(_ code: Code, field: String, expected: String) {
    self.code = code
    self.field = field
    self.expected = expected
  }
}

extension NormalizationError: CustomStringConvertible {
  public var description: String { "\(field): \(expected) (\(code.rawValue))" }
}
