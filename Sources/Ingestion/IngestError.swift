/// Why a batch could not be taken.
public struct IngestError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// No room, or the database is away: send the batch again.
    case overloaded
    /// The body is not what it claims to be.
    case malformed
    /// A limit on the whole body was exceeded.
    case tooLarge
    /// The batch key stands for another body.
    case keyConflict
  }

  public let code: Code
  public let message: String
  public let cause: (any Error)?

  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
