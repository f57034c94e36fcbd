public import Core

/// What is not to raise incidents for a while. What it keeps back is stored and counted as ever.
///
/// At least one of `ruleID`, `entity` and `match` is there; those that are must all hold.
public struct RuleException: Hashable, Sendable {
  public struct Entity: Hashable, Sendable {
    /// `ip` (source or destination), `host` or `user`.
    public var type: String
    public var value: String

    public init(type: String, value: String) {
      self.type = type
      self.value = value
    }
  }

  public var id: Int64
  /// A rule or a correlation; nil for all.
  public var ruleID: String?
  public var entity: Entity?
  /// A Sigma search as JSON: an object of fields (with modifiers) and values, or a list of such.
  public var match: String?
  public var reason: String
  public var createdAt: Timestamp
  public var createdBy: String
  /// Batches that are received at or after this time are no longer affected.
  public var expiresAt: Timestamp

  public init(
    id: Int64, ruleID: String? = nil, entity: Entity? = nil, match: String? = nil, reason: String,
    createdAt: Timestamp, createdBy: String, expiresAt: Timestamp
  ) {
    self.id = id
    self.ruleID = ruleID
    self.entity = entity
    self.match = match
    self.reason = reason
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.expiresAt = expiresAt
  }
}
