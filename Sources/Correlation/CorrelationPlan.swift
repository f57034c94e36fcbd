public import Core

/// A correlation, or a plain rule's grouping into episodes, in the form that timelines run.
///
/// A class, since it never changes and is handed around for every detection.
public final class CorrelationPlan: Sendable {
  /// One rule that the correlation refers to.
  public struct Step: Hashable, Sendable {
    /// The rule's id, or that of another correlation.
    public let ruleID: String
    /// The fields that make the group, by this rule's own names (aliases resolved), in the order of
    /// the plan's `groupNames`; nil where the rule's events have no such field.
    public let groupFields: [String?]
    /// The fields whose values are counted, by this rule's own names; empty where none are.
    public let valueFields: [String?]

    public init(ruleID: String, groupFields: [String?], valueFields: [String?] = []) {
      self.ruleID = ruleID
      self.groupFields = groupFields
      self.valueFields = valueFields
    }
  }

  public enum Condition: Hashable, Sendable {
    /// Every detection: a plain rule's episodes.
    case always
    case eventCount(Threshold)
    /// Distinct values, or tuples of values, compared without case.
    case valueCount(Threshold)
    case valueSum(Threshold)
    case valueAverage(Threshold)
    /// `rank` from 0 to 100, linear interpolation between closest ranks.
    case valuePercentile(rank: Double, Threshold)
    /// How many of the rules occur.
    case rules(Threshold)
    /// All of the rules, in the order of the steps, by distinct events.
    case ordered
    case extended(RuleExpression)
  }

  public let ruleID: String
  public let version: Int32
  public let title: String
  public let severity: IncidentSeverity
  /// Whether incidents come of it; a correlation that only feeds another raises none.
  public let raises: Bool
  /// ATT&CK tactics and techniques, as the rule's tags name them.
  public let tactics: [String]
  public let techniques: [String]
  /// Microseconds: the window of a correlation, the gap between a plain rule's episodes.
  public let timespan: Int64
  public let groupNames: [String]
  public let steps: [Step]
  public let condition: Condition
  /// The revision of the rules since which the correlation has meant what it means, without a break;
  /// 0 where it always has. It fires only where a detection of this time is in the window; older ones
  /// in the window count.
  public let since: Int64

  public init(
    ruleID: String, version: Int32 = 1, title: String, severity: IncidentSeverity,
    raises: Bool = true, tactics: [String] = [], techniques: [String] = [], timespan: Int64,
    groupNames: [String], steps: [Step], condition: Condition, since: Int64 = 0
  ) throws(CorrelationError) {
    guard steps.count <= Self.maximumSteps else {
      throw CorrelationError(
        .tooManyRules, rule: ruleID,
        "rules: names \(steps.count) rules, at most \(Self.maximumSteps) can be told apart")
    }
    guard timespan > 0 else {
      throw CorrelationError(.timespan, rule: ruleID, "timespan: must be longer than nothing")
    }
    self.ruleID = ruleID
    self.version = version
    self.title = title
    self.severity = severity
    self.raises = raises
    self.tactics = tactics
    self.techniques = techniques
    self.timespan = timespan
    self.groupNames = groupNames
    self.steps = steps
    self.condition = condition
    self.since = since
  }

  /// The same plan, counting from another revision on.
  init(_ plan: CorrelationPlan, since: Int64) {
    ruleID = plan.ruleID
    version = plan.version
    title = plan.title
    severity = plan.severity
    raises = plan.raises
    tactics = plan.tactics
    techniques = plan.techniques
    timespan = plan.timespan
    groupNames = plan.groupNames
    steps = plan.steps
    condition = plan.condition
    self.since = since
  }

  /// The rules of a correlation are bits of one word.
  public static let maximumSteps = 64

  /// Whether the condition is decided for the window that an event opens, when that has closed,
  /// rather than for the window that it ends.
  var looksAhead: Bool {
    if case .extended(let expression) = condition { return expression.asksForAbsence }
    return false
  }

  var countsValues: Bool {
    switch condition {
    case .valueCount, .valueSum, .valueAverage, .valuePercentile: true
    default: false
    }
  }

  /// Whether another correlation's holding is one event for each time it begins to hold, rather than
  /// one for each event at which it holds: counts count incidents, sequences look for any moment.
  var countsBeginnings: Bool {
    switch condition {
    case .rules, .ordered, .extended: false
    default: true
    }
  }
}
