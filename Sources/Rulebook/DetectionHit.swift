internal import Sigma

/// A rule's match on one event, as the detector found it.
public struct DetectionHit: Sendable {
  /// The event's position, as the caller gave it.
  public var row: Int
  public let rule: DetectionRule
  /// A JSON object of the values that correlations group and count by, as UTF-8.
  public let fields: [UInt8]
  /// A JSON object that says why the rule matched; `{}` where the rule raises no incident itself.
  public let matched: [UInt8]
  /// The ids of the exceptions that held, ascending.
  public internal(set) var exceptions: [Int64] = []
  /// The ids of the rules and correlations for which the match is not to count: the rule's own, or
  /// those of correlations that it feeds.
  public internal(set) var excepted: [String] = []

  public var ruleID: String { rule.id }
  public var ruleVersion: Int32 { rule.version }
  public var level: String { rule.level.rawValue }
}
