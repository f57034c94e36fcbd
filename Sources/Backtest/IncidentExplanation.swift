public import Correlation
public import Sigma

/// On what an incident rests.
public struct IncidentExplanation: Sendable {
  /// One event, in order of time.
  public struct Step: Sendable {
    public var key: EventKey
    public var ruleID: String
    public var sourceType: String?
    /// What of the rule matched.
    public var match: MatchExplanation?
    /// The value that the correlation counts.
    public var counted: String?
    /// What the condition measures over the window that ends with this event.
    public var measured: Double?
    /// Why there is no `match`.
    public var missing: String?

    init(key: EventKey, ruleID: String) {
      self.key = key
      self.ruleID = ruleID
    }
  }

  public var incident: IncidentSummary
  /// Nil where a plain rule raised it, or the rule is not known.
  public var correlation: EventExplanation.Correlation?
  public var steps: [Step]
  /// Events of the incident that are not shown.
  public var left: Int64
  public var keptBack: [KeptBack]
  /// Whether the version's rules were at hand.
  public var isRuleKnown: Bool
}
