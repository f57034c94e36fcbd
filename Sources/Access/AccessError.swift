/// What goes wrong in identity that is no caller's fault. It never holds a secret, and a failed
/// statement is thrown on as the `PostgresError` that it is.
public struct AccessError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// A configured value cannot be used.
    case configuration
    /// A row holds what this version cannot read, such as an unknown role or hash.
    case corruptRow
    /// The cryptographic library refused.
    case cryptography
  }

  public let code: Code
  public let message: String
  public let cause: (any Error)?

  init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  public var description: String {
    cause.map { "\(message): \($0)" } ?? message
  }
}
