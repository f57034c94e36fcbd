public import Core

/// A filter rule (Sigma specification 2.1, "Sigma Filters"): one exclusion for several rules.
///
/// The specification's example names in `condition` what is to be taken away; converters and their
/// users write `not selection`, what must hold for a match to stay. Both mean the same here: a
/// condition that is a negation keeps what it holds for, any other condition takes it away.
public struct RuleFilter: Sendable {
  public enum Scope: Hashable, Sendable {
    /// Every rule whose log source fits.
    case any
    /// Ids or names.
    case rules([String])
  }

  public var title: String
  public var id: String?
  public var logSource: LogSource
  public var scope: Scope
  public var detection: Detection
  public var location: RuleLocation

  public init(
    title: String, id: String? = nil, logSource: LogSource, scope: Scope, detection: Detection,
    location: RuleLocation
  ) {
    self.title = title
    self.id = id
    self.logSource = logSource
    self.scope = scope
    self.detection = detection
    self.location = location
  }

  /// Narrows the rules that the filter is for.
  /// - Throws: `SigmaError` where it names a rule that is not there or not of its log source; then no
  ///   rule is changed.
  public func apply(to rules: inout [Rule]) throws(SigmaError) {
    switch scope {
    case .any:
      for index in rules.indices where covers(rules[index]) { narrow(&rules[index]) }
    case .rules(let references):
      var indices: [Int] = []
      for reference in references {
        let found = rules.indices.filter {
          rules[$0].id == reference || rules[$0].name == reference
        }
        guard let index = found.first else {
          throw SigmaError(
            .unknownReference, "rules: no loaded rule has the id or name \"\(reference)\"")
        }
        guard found.count == 1 else {
          throw SigmaError(
            .ambiguousReference, "rules: several rules go by \"\(reference)\": use an id")
        }
        guard covers(rules[index]) else {
          throw SigmaError(
            .value, "rules: \"\(reference)\" is for another log source than the filter's")
        }
        if !indices.contains(index) { indices.append(index) }
      }
      for index in indices { narrow(&rules[index]) }
    }
  }

  private func covers(_ rule: Rule) -> Bool { logSource.applies(to: rule.logSource) }

  private func narrow(_ rule: inout Rule) {
    let offset = rule.detection.searches.count
    for var search in detection.searches {
      search.identifier = "\(title)/\(search.identifier)"
      rule.detection.searches.append(search)
    }
    let shifted = detection.condition.shifted(by: offset)
    let kept: Condition
    if detection.condition.isNegation {
      kept = shifted
      rule.detection.conditionText =
        "(\(rule.detection.conditionText)) and (\(detection.conditionText))"
    } else {
      kept = .not(shifted)
      rule.detection.conditionText =
        "(\(rule.detection.conditionText)) and not (\(detection.conditionText))"
    }
    rule.detection.condition = .and([rule.detection.condition, kept])
  }
}

extension Condition {
  fileprivate func shifted(by offset: Int) -> Condition {
    switch self {
    case .search(let index): .search(index + offset)
    case .and(let parts): .and(parts.map { $0.shifted(by: offset) })
    case .or(let parts): .or(parts.map { $0.shifted(by: offset) })
    case .not(let part): .not(part.shifted(by: offset))
    case .atLeast(let count, let searches): .atLeast(count, of: searches.map { $0 + offset })
    }
  }

  /// Whether it is a `not`, or several joined by `and` or `or`.
  fileprivate var isNegation: Bool {
    switch self {
    case .not: true
    case .and(let parts), .or(let parts): parts.allSatisfy { $0.isNegation }
    case .search, .atLeast: false
    }
  }
}
