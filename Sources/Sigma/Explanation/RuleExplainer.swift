public import Core

/// Explains matches after the fact, one rule and one event at a time.
public struct RuleExplainer: Sendable {
  private let evaluator: NaiveEvaluator

  /// - Parameter aliases: rule field → event field, as the matcher has them.
  public init(aliases: [String: String] = [:]) {
    evaluator = NaiveEvaluator(aliases: aliases)
  }

  /// What holds of the rule for this event, whether or not the rule matches.
  public func explain(_ rule: Rule, _ event: borrowing EventFields) -> MatchExplanation {
    explain(rule, NaiveEvent(copy event))
  }

  /// The same for several rules of one event.
  public func explain(_ rule: Rule, _ event: NaiveEvent) -> MatchExplanation {
    MatchExplanation(
      ruleID: rule.id, condition: rule.detection.conditionText,
      searches: rule.detection.searches.map { search in
        let items = self.items(search.expression, event)
        return MatchExplanation.Search(
          identifier: search.identifier, holds: items != nil, items: items ?? [])
      })
  }

  /// What makes the expression hold; nil if it does not.
  private func items(
    _ expression: SearchExpression, _ event: NaiveEvent
  ) -> [MatchExplanation.Item]? {
    switch expression {
    case .all(let parts):
      var found: [MatchExplanation.Item] = []
      for part in parts {
        guard let items = items(part, event) else { return nil }
        found += items
      }
      return found
    case .any(let parts):
      for part in parts {
        if let items = items(part, event) { return items }
      }
      return nil
    case .item(let item): return items(item, event)
    }
  }

  private func items(_ item: FieldItem, _ event: NaiveEvent) -> [MatchExplanation.Item]? {
    let occurrences = texts(of: item, event)
    var found: [MatchExplanation.Item] = []
    for value in item.values {
      let witness = value.alternatives.lazy.compactMap {
        self.witness($0, item.field, occurrences, event)
      }.first
      if let witness {
        found.append(Self.item(item, value.text, witness.value))
        if !item.requiresAll { break }
      } else if item.requiresAll {
        found = []
        break
      }
    }
    guard item.isNegated else { return found.isEmpty ? nil : found }
    guard found.isEmpty else { return nil }
    return [
      Self.item(
        item, item.values.first?.text ?? "", occurrences.first.map { Self.shown($0.occurrence) })
    ]
  }

  private static func item(
    _ item: FieldItem, _ pattern: String, _ value: String?
  ) -> MatchExplanation.Item {
    MatchExplanation.Item(
      field: item.field, modifiers: item.modifiers, pattern: cut(pattern), value: value)
  }

  struct Witness {
    let value: String?
  }

  /// A value in the forms in which it is compared.
  struct Text {
    let occurrence: NaiveEvent.Occurrence
    let utf8: [UInt8]
    let folded: [UInt8]
  }

  /// What an item looks at: the occurrences of its field, or the event's whole text.
  func texts(of item: FieldItem, _ event: NaiveEvent) -> [Text] {
    (item.field.map { evaluator.occurrences($0, event) } ?? [event.text])
      .map { Text(occurrence: $0, utf8: $0.utf8, folded: $0.folded) }
  }

  /// The event's name for a rule's field.
  func eventField(_ field: String) -> String { evaluator.aliases[field] ?? field }

  /// The event's value for which the predicate holds.
  func witness(
    _ predicate: Predicate, _ field: String?, _ texts: [Text], _ event: NaiveEvent
  ) -> Witness? {
    switch predicate {
    case .text(let pattern):
      let glob = GlobPattern(pattern)
      let found = texts.first { text in
        !text.occurrence.isNull && glob.matches((glob.isCased ? text.utf8 : text.folded).span)
      }
      return found.map { Witness(value: Self.shown($0.occurrence)) }
    default:
      guard evaluator.holds(predicate, of: field, event) else { return nil }
      let found = texts.first { NaiveEvaluator.holds(predicate, $0.occurrence) } ?? texts.first
      return Witness(value: found.map { Self.shown($0.occurrence) })
    }
  }

  static func shown(_ occurrence: NaiveEvent.Occurrence) -> String {
    cut(occurrence.string)
  }

  static func cut(_ text: String) -> String {
    guard text.utf8.count > MatchExplanation.maximumValue else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: MatchExplanation.maximumValue)
    while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
    return String(text[..<end]) + "…"
  }
}
