/// What can be wrong with stored summaries.
public struct AnalyticsStoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A column holds a value that this version does not know.
    case unknownValue
  }

  public let code: Code
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
