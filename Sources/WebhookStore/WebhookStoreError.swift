/// What went wrong with webhooks in the store.
public struct WebhookStoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The organization has as many as it may.
    case tooMany = "too_many"
    /// A stored value is none that this version knows.
    case unknownValue = "unknown_value"
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
