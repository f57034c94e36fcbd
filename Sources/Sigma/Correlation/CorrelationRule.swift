/// A correlation rule (Sigma specification 2.1, "Correlation Rules"): which hits of other rules,
/// within what time and group, make an incident.
public struct CorrelationRule: Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case eventCount = "event_count"
    case valueCount = "value_count"
    case valueSum = "value_sum"
    case valueAvg = "value_avg"
    case valuePercentile = "value_percentile"
    case temporal
    case temporalOrdered = "temporal_ordered"

    /// Whether the condition reads a field's values.
    public var readsValues: Bool {
      switch self {
      case .valueCount, .valueSum, .valueAvg, .valuePercentile: true
      case .eventCount, .temporal, .temporalOrdered: false
      }
    }

    public var isTemporal: Bool { self == .temporal || self == .temporalOrdered }
  }

  /// How many rules one correlation can tell apart.
  public static let maximumRules = 64

  /// The rule's `id`; a rule without one goes by its name, else by its title.
  public var id: String
  public var name: String?
  public var title: String
  public var description: String
  public var status: RuleStatus?
  /// `medium` where the rule states none.
  public var level: RuleLevel
  public var author: String?
  public var date: String?
  public var references: [String]
  public var tags: [String]
  public var falsePositives: [String]
  public var kind: Kind
  /// Ids or names of rules and correlations, in the order that `temporal_ordered` asks for.
  public var rules: [String]
  /// Fields or aliases; empty is one group for all events.
  public var groupBy: [String]
  public var timespanMicroseconds: Int64
  public var condition: CorrelationCondition
  /// Alias → reference (as in `rules`) → that rule's own field.
  public var aliases: [String: [String: String]]
  /// Whether the referenced rules raise incidents of their own as well.
  public var generate: Bool
  public var location: RuleLocation

  public init(
    id: String, name: String? = nil, title: String, description: String = "",
    status: RuleStatus? = nil, level: RuleLevel = .medium, author: String? = nil,
    date: String? = nil, references: [String] = [], tags: [String] = [],
    falsePositives: [String] = [], kind: Kind, rules: [String], groupBy: [String] = [],
    timespanMicroseconds: Int64, condition: CorrelationCondition,
    aliases: [String: [String: String]] = [:], generate: Bool = false, location: RuleLocation
  ) {
    self.id = id
    self.name = name
    self.title = title
    self.description = description
    self.status = status
    self.level = level
    self.author = author
    self.date = date
    self.references = references
    self.tags = tags
    self.falsePositives = falsePositives
    self.kind = kind
    self.rules = rules
    self.groupBy = groupBy
    self.timespanMicroseconds = timespanMicroseconds
    self.condition = condition
    self.aliases = aliases
    self.generate = generate
    self.location = location
  }

  public var attack: AttackTags { AttackTags(tags: tags) }

  /// The field of a referenced rule's events that holds `groupField`: what the alias of that name
  /// says for the reference, else the name itself.
  public func field(_ groupField: String, ofReference reference: String) -> String {
    aliases[groupField]?[reference] ?? groupField
  }
}
