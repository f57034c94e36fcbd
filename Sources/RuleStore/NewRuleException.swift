public import Core

/// An exception that is to be made.
public struct NewRuleException: Hashable, Sendable {
  /// A rule or a correlation that the organization has; nil for all.
  public var ruleID: String?
  public var entity: RuleException.Entity?
  /// A Sigma search as JSON; the caller has validated it.
  public var match: String?
  public var reason: String
  public var expiresAt: Timestamp

  public init(
    ruleID: String? = nil, entity: RuleException.Entity? = nil, match: String? = nil,
    reason: String, expiresAt: Timestamp
  ) {
    self.ruleID = ruleID
    self.entity = entity
    self.match = match
    self.reason = reason
    self.expiresAt = expiresAt
  }
}

/// An exception with what became of it.
public struct RuleExceptionRecord: Hashable, Sendable {
  public var exception: RuleException
  /// When and by whom it was ended before its time, or `expiry` was noticed.
  public var endedAt: Timestamp?
  public var endedBy: String?
  /// Stored detections for which it held, and when the last of them was stored.
  public var held: Int64
  public var lastHeldAt: Timestamp?
}
