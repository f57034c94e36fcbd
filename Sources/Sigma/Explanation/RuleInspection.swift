public import Core

/// A rule held against one event, item by item: what holds, what does not, and what was to blame.
public struct RuleInspection: Hashable, Sendable {
  /// The rule's log source against those of the event.
  public struct LogSourceFit: Hashable, Sendable {
    public var rule: LogSource
    public var event: [LogSource]
    public var fits: Bool
    /// Why it does not fit; nil where it does.
    public var reason: String?
  }

  /// One search of the rule.
  public struct Search: Hashable, Sendable {
    public var identifier: String
    public var holds: Bool
    /// Every line of it, in the order of the rule.
    public var items: [Item]
    /// Lines that are not shown, since there are too many.
    public var itemsLeftOut: Int
  }

  /// One line of a search.
  public struct Item: Hashable, Sendable {
    /// The rule's name for the field; nil for keywords.
    public var field: String?
    /// The event's name for the field, where it is another one.
    public var eventField: String?
    public var modifiers: [String]
    /// In a list of maps, of which one must hold, which of them this line belongs to, from 1.
    public var alternative: Int?
    public var holds: Bool
    /// Those that decide come first: of a list those that hold, under `all` those that do not.
    public var patterns: [Pattern]
    public var patternCount: Int
    /// The event's values, each cut to `MatchExplanation.maximumValue` bytes; nil is a JSON null.
    /// None where the field is absent.
    public var values: [String?]
    public var valueCount: Int
  }

  /// One value of the rule, as written, and whether the event's field satisfies it.
  public struct Pattern: Hashable, Sendable {
    public var text: String
    public var holds: Bool
  }

  /// A search to which it is due that the condition does not hold.
  public struct Failure: Hashable, Sendable {
    public var search: String
    /// What the search would have to be.
    public var wanted: Bool
  }

  /// Bounds of what is shown: patterns and values of one item, and bytes of texts in all.
  public static let maximumPatterns = 50
  public static let maximumValues = 16
  public static let maximumBytes = 1 << 20

  public var ruleID: String
  public var title: String
  public var logSource: LogSourceFit
  /// As written; its names are those of `searches`.
  public var condition: String
  public var conditionHolds: Bool
  public var searches: [Search]
  /// Empty where the condition holds.
  public var failures: [Failure]

  public var matches: Bool { logSource.fits && conditionHolds }
}

extension RuleInspection.LogSourceFit {
  init(_ rule: LogSource, _ event: LogSourceSet) {
    self.rule = rule
    self.event = event.sources
    fits = event.contains(matching: rule)
    reason = fits ? nil : Self.reason(rule, event.sources)
  }

  private static func reason(_ rule: LogSource, _ sources: [LogSource]) -> String {
    guard !sources.isEmpty else {
      return "the event's source type stands for no log source: give the record its source_type"
    }
    let attributes: [(String, KeyPath<LogSource, String?>)] = [
      ("category", \.category), ("product", \.product), ("service", \.service),
    ]
    let missing = attributes.compactMap { name, path -> String? in
      guard let wanted = rule[keyPath: path],
        !sources.contains(where: { $0[keyPath: path] == wanted })
      else { return nil }
      return "\(name) \(wanted)"
    }
    guard !missing.isEmpty else {
      return "no single log source of the event has all that the rule asks for"
    }
    return "no log source of the event has \(missing.joined(separator: ", "))"
  }
}
