public import Sigma

/// One document of a rule file, read by itself, with its own text.
public struct RuleFileDocument: Sendable {
  public enum Content: Sendable {
    case detection(Rule)
    case correlation(CorrelationRule)
    case filter(RuleFilter)
  }

  /// Without the markers around it, blank lines at its ends, and carriage returns.
  public let text: String
  public let content: Content

  /// What other documents and detections know it by: its id, else its name, else its title.
  public var id: String {
    switch content {
    case .detection(let rule): rule.id
    case .correlation(let rule): rule.id
    case .filter(let filter): filter.id ?? filter.title
    }
  }

  public var title: String {
    switch content {
    case .detection(let rule): rule.title
    case .correlation(let rule): rule.title
    case .filter(let filter): filter.title
    }
  }

  /// Nil for a filter, which has none.
  public var level: RuleLevel? {
    switch content {
    case .detection(let rule): rule.level
    case .correlation(let rule): rule.level
    case .filter: nil
    }
  }

  public var location: RuleLocation {
    switch content {
    case .detection(let rule): rule.location
    case .correlation(let rule): rule.location
    case .filter(let filter): filter.location
    }
  }
}
