public import Core

/// One detection rule (Sigma specification 2.1, "Sigma Rules"), with its modifiers applied.
public struct Rule: Sendable {
  /// The rule's `id`; a rule without one goes by its name, else by its title.
  public var id: String
  /// What correlations may call it.
  public var name: String?
  public var title: String
  public var description: String
  public var status: RuleStatus?
  /// `medium` where the rule states none.
  public var level: RuleLevel
  public var author: String?
  /// As written, `YYYY-MM-DD`.
  public var date: String?
  public var modified: String?
  public var references: [String]
  /// As written, such as `attack.t1110.001`.
  public var tags: [String]
  public var falsePositives: [String]
  public var logSource: LogSource
  public var detection: Detection
  /// The fields that an analyst wants to see first.
  public var fields: [String]
  public var location: RuleLocation

  public init(
    id: String, name: String? = nil, title: String, description: String = "",
    status: RuleStatus? = nil, level: RuleLevel = .medium, author: String? = nil,
    date: String? = nil, modified: String? = nil, references: [String] = [], tags: [String] = [],
    falsePositives: [String] = [], logSource: LogSource, detection: Detection,
    fields: [String] = [], location: RuleLocation
  ) {
    self.id = id
    self.name = name
    self.title = title
    self.description = description
    self.status = status
    self.level = level
    self.author = author
    self.date = date
    self.modified = modified
    self.references = references
    self.tags = tags
    self.falsePositives = falsePositives
    self.logSource = logSource
    self.detection = detection
    self.fields = fields
    self.location = location
  }

  public var attack: AttackTags { AttackTags(tags: tags) }
}
