/// A rule that is to be stored. The caller has parsed it: `id`, `kind`, `title` and `level` are what
/// `source` says.
public struct RuleDocument: Hashable, Sendable {
  public var id: String
  public var kind: RuleKind
  public var title: String
  public var level: String
  /// One document of Sigma YAML, as it was given.
  public var source: String

  public init(id: String, kind: RuleKind, title: String, level: String, source: String) {
    self.id = id
    self.kind = kind
    self.title = title
    self.level = level
    self.source = source
  }
}
