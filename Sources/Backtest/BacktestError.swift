public import Sigma

/// Why rules could not be run over stored events.
public struct BacktestError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    /// The range of time is empty, too long, or outside the years that can be stored.
    case range
    /// A limit is not positive.
    case limit
    /// The rules cannot be run as written; `refusals` says why.
    case refused
    /// No rule or correlation goes by that id.
    case unknownRule = "unknown_rule"
    /// The stored record cannot be read again.
    case unreadable
  }

  public let code: Code
  public let message: String
  public let refusals: [RuleRefusal]

  public init(_ code: Code, _ message: String, refusals: [RuleRefusal] = []) {
    self.code = code
    self.message = message
    self.refusals = refusals
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
