internal import Core

/// Evaluates rules word by word as the specification has them, without regard to cost. What the
/// compiled matcher must agree with on every event.
public struct NaiveEvaluator: Sendable {
  /// Rule field → event field, where they differ.
  public var aliases: [String: String]

  public init(aliases: [String: String] = [:]) {
    self.aliases = aliases
  }

  /// The indices of the rules that match, ascending.
  public func matches(_ rules: [Rule], _ event: NaiveEvent) -> [Int] {
    rules.indices.filter { matches(rules[$0], event) }
  }

  /// Whether the rule is for the event's log source and its condition holds.
  public func matches(_ rule: Rule, _ event: NaiveEvent) -> Bool {
    event.logSources.contains(matching: rule.logSource)
      && holds(rule.detection.condition, rule.detection.searches, event)
  }

  private func holds(_ condition: Condition, _ searches: [Search], _ event: NaiveEvent) -> Bool {
    switch condition {
    case .search(let index): holds(searches[index].expression, event)
    case .and(let parts): parts.allSatisfy { holds($0, searches, event) }
    case .or(let parts): parts.contains { holds($0, searches, event) }
    case .not(let part): !holds(part, searches, event)
    case .atLeast(let count, let indices):
      indices.count { holds(searches[$0].expression, event) } >= count
    }
  }

  private func holds(_ expression: SearchExpression, _ event: NaiveEvent) -> Bool {
    switch expression {
    case .all(let parts): parts.allSatisfy { holds($0, event) }
    case .any(let parts): parts.contains { holds($0, event) }
    case .item(let item): holds(item, event)
    }
  }

  private func holds(_ item: FieldItem, _ event: NaiveEvent) -> Bool {
    func holds(_ value: FieldValue) -> Bool {
      value.alternatives.contains { self.holds($0, of: item.field, event) }
    }
    let holdsOver =
      item.requiresAll ? item.values.allSatisfy(holds) : item.values.contains(where: holds)
    return holdsOver != item.isNegated
  }

  func occurrences(_ field: String, _ event: NaiveEvent) -> [NaiveEvent.Occurrence] {
    event.fields[aliases[field] ?? field] ?? []
  }

  func holds(_ predicate: Predicate, of field: String?, _ event: NaiveEvent) -> Bool {
    let found = field.map { occurrences($0, event) } ?? [event.text]
    switch predicate {
    case .exists(let isThere): return found.isEmpty != isThere
    case .null: return found.isEmpty || found.contains { $0.isNull }
    case .field(let reference):
      let others = occurrences(reference.field, event).filter { !$0.isNull }
      return found.contains { one in
        !one.isNull && others.contains { Self.holds(reference, one, $0) }
      }
    default: return found.contains { !$0.isNull && Self.holds(predicate, $0) }
    }
  }

  static func holds(_ predicate: Predicate, _ occurrence: NaiveEvent.Occurrence) -> Bool {
    switch predicate {
    case .text(let pattern): return pattern.matches(scalars: occurrence.text)
    case .regex(let regex): return NaiveRegex.finds(regex, in: occurrence.text)
    case .cidr(let block): return IPAddress(occurrence.string).map(block.contains) ?? false
    case .compare(let comparison, let number):
      return Number(occurrence.string).map { comparison.holds($0, number) } ?? false
    case .datePart(let part, let comparison, let number):
      guard let value = part.value(in: Array(occurrence.string.utf8)) else { return false }
      return comparison.holds(.integer(value), number)
    case .exists, .null, .field: return false
    }
  }

  private static func holds(
    _ reference: FieldReference, _ one: NaiveEvent.Occurrence, _ other: NaiveEvent.Occurrence
  ) -> Bool {
    var pattern = TextPattern(literal: other.string)
    pattern.isCased = reference.isCased
    switch reference.anchor {
    case .whole: break
    case .prefix: pattern.append(.many)
    case .suffix: pattern.prepend(.many)
    case .anywhere:
      pattern.prepend(.many)
      pattern.append(.many)
    }
    return pattern.matches(scalars: one.text)
  }
}
