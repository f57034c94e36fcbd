/// What the cache could not do. Reading never fails for the cache's sake.
public struct ListCacheError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The text is no pattern.
    case invalidPattern = "invalid_pattern"
    /// The invalidation did not reach Redis. It has to be repeated; until then this node does not use
    /// the cache.
    case notInvalidated = "not_invalidated"
    /// The node could not be declared caught up. It goes on without the cache.
    case notCaughtUp = "not_caught_up"
  }

  public let code: Code
  public let message: String
  /// The failure of Redis behind it.
  public let cause: String?

  public init(_ code: Code, _ message: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  public var description: String {
    cause.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
  }
}
