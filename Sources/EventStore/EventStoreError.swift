/// Why the event store could not do what it was asked.
public struct EventStoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// PostgreSQL cannot be reached; nothing of the batch is known to be stored.
    case unavailable
    /// PostgreSQL refuses the data of the batch; nothing of it is stored.
    case refused
    /// Another process took over this writer's number.
    case writerLost
    /// A row or a definition in the database is not what this version expects.
    case inconsistent
    /// The answer would be larger than its bound.
    case tooMany
  }

  public let code: Code
  public let message: String
  public let cause: (any Error)?

  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  public var description: String {
    cause.map { "\(code.rawValue): \(message): \($0)" } ?? "\(code.rawValue): \(message)"
  }
}
