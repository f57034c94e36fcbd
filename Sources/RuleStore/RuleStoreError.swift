/// What went wrong with rules in the store. Errors of the database itself are thrown as they are.
public struct RuleStoreError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The rule, the exception or the organization is not there.
    case notFound = "not_found"
    /// The rule is not of the version that the caller has seen; `current` is what it is now.
    case versionConflict = "version_conflict"
    /// The rules have changed since the caller judged the change: it has to look again.
    case outdated
    /// A value that cannot be stored; `field` names it.
    case invalid
    /// More than `limit` allows of `field`.
    case limitExceeded = "limit_exceeded"
    /// A change that this rule does not allow.
    case notAllowed = "not_allowed"
    /// Commits of events or other changes of rules went on for too long: try again.
    case busy
    /// A stored value is none that this version knows.
    case unknownValue = "unknown_value"
  }

  public let code: Code
  public let message: String
  public let field: String?
  public let limit: Int?
  /// What the organization has under the rule's id; nil where it has none.
  public let current: RuleRecord?

  public init(
    _ code: Code, _ message: String, field: String? = nil, limit: Int? = nil,
    current: RuleRecord? = nil
  ) {
    self.code = code
    self.message = message
    self.field = field
    self.limit = limit
    self.current = current
  }

  public var description: String { "\(code.rawValue): \(message)" }
}

extension RuleStoreError {
  static func tooMany(_ field: String, _ message: String, limit: Int) -> Self {
    Self(.limitExceeded, message, field: field, limit: limit)
  }

  static func noRule(_ id: String) -> Self {
    Self(.notFound, "there is no rule \"\(id)\"", field: "id")
  }
}
