/// Why tenants' queries can't be run.
public struct TenancyError: Error, Sendable, Equatable {
  public enum Code: String, Sendable, CaseIterable {
    /// The session sees every organization's rows.
    case unprotected
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension TenancyError: CustomStringConvertible {
  public var description: String { message }
}
