public import RuleStore
public import Sigma
internal import SigmaYAML

/// The installation's rules as files hold them, ready to be published.
public struct BaseRuleFiles: Sendable {
  /// What can be read, each id once, in the order of files and lines. Correlations whose rules are not
  /// among them too: an organization may have those rules.
  public let documents: [RuleDocument]
  /// What can't be read, and what won't run as it is, with file and line.
  public let refusals: [RuleRefusal]

  /// Reads files and folders, as `RuleLoader` does.
  public init(paths: [String]) {
    let (read, unreadable) = RuleLoader().separate(paths: paths)
    let (unique, refused) = RuleDrafts.unique(read)
    documents = unique.map { RuleDocument($0) }
    var together = RuleDocuments()
    together.refusals = unreadable + refused
    for document in unique {
      switch document.content {
      case .detection(let rule): together.rules.append(rule)
      case .correlation(let rule): together.correlations.append(rule)
      case .filter(let filter): together.filters.append(filter)
      }
    }
    refusals = together.resolved().refusals
  }
}

extension RuleDocument {
  init(_ document: RuleFileDocument) {
    let kind: RuleKind =
      switch document.content {
      case .detection: .detection
      case .correlation: .correlation
      case .filter: .filter
      }
    self.init(
      id: document.id, kind: kind, title: document.title, level: document.level?.rawValue ?? "",
      source: document.text)
  }
}
