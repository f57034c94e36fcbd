public import Core

/// A version of a rule as a list shows it: all but its source.
public struct RuleSummary: Hashable, Sendable {
  public var id: String
  public var version: Int32
  public var kind: RuleKind
  public var mode: RuleMode
  /// Whether it is one of the installation's rules.
  public var isBase: Bool
  public var title: String
  public var level: String
  public var createdAt: Timestamp
  public var createdBy: String
}

/// Which rules a list shows; what is empty or nil does not narrow it.
public struct RuleFilter: Hashable, Sendable {
  public var kinds: [RuleKind] = []
  public var modes: [RuleMode] = []
  public var levels: [String] = []
  /// What the title or the id holds, in any case.
  public var text: String?
  /// True for the installation's rules only, false for the organization's own only.
  public var isBase: Bool?

  public init() {}
}

extension RuleRecord {
  /// All but its source.
  public var summary: RuleSummary {
    RuleSummary(
      id: id, version: version, kind: kind, mode: mode, isBase: isBase, title: title, level: level,
      createdAt: createdAt, createdBy: createdBy)
  }
}
