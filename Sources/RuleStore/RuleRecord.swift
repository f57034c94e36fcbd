public import Core

/// What a stored document is.
public enum RuleKind: String, Sendable, CaseIterable {
  case detection, correlation, filter
}

/// What becomes of a rule's matches.
public enum RuleMode: String, Sendable, CaseIterable {
  /// It runs and raises incidents.
  case enabled
  /// It does not run.
  case disabled
  /// It runs, and its detections are kept and counted, but it raises no incident.
  case shadow
}

/// One version of a rule, as one document of Sigma YAML.
public struct RuleRecord: Hashable, Sendable {
  /// The id that detections, incidents and correlations know it by.
  public var id: String
  /// From 1; another for each change of the document, never used twice.
  public var version: Int32
  public var kind: RuleKind
  public var mode: RuleMode
  /// Whether it is one of the installation's rules, which all organizations have.
  public var isBase: Bool
  public var title: String
  public var level: String
  /// The document as it was given.
  public var source: String
  /// When and by whom this version was made.
  public var createdAt: Timestamp
  public var createdBy: String

  public init(
    id: String, version: Int32, kind: RuleKind, mode: RuleMode = .enabled, isBase: Bool = false,
    title: String, level: String, source: String, createdAt: Timestamp, createdBy: String
  ) {
    self.id = id
    self.version = version
    self.kind = kind
    self.mode = mode
    self.isBase = isBase
    self.title = title
    self.level = level
    self.source = source
    self.createdAt = createdAt
    self.createdBy = createdBy
  }
}
