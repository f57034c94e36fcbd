/// Why a correlation cannot be run.
public struct CorrelationError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case tooManyRules = "too_many_rules"
    case timespan
    case unknownRule = "unknown_rule"
    case cycle
    case unsupported
  }

  public let code: Code
  /// The id of the correlation at fault.
  public let rule: String
  public let message: String

  public init(_ code: Code, rule: String, _ message: String) {
    self.code = code
    self.rule = rule
    self.message = message
  }

  public var description: String { "correlation \(rule): \(message)" }
}
