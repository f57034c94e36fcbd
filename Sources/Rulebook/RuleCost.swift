/// What a rule costs on this node, and how often it has matched here.
public struct RuleCost: Hashable, Sendable {
  public let ruleID: String
  public let version: Int32
  /// CPU time of the rule alone for each event of a sample of this node's traffic, whatever the event's
  /// log source; nil until it has been measured.
  public let nanosecondsPerEvent: Double?
  /// Matches of the organization's events since the node started.
  public let detections: Int
}
