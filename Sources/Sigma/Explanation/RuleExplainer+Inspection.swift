public import Core

extension RuleExplainer {
  /// What holds of the rule for this event and what does not, every search and every line of it.
  public func inspect(_ rule: Rule, _ event: borrowing EventFields) -> RuleInspection {
    inspect(rule, NaiveEvent(copy event))
  }

  /// The same for several rules of one event.
  public func inspect(_ rule: Rule, _ event: NaiveEvent) -> RuleInspection {
    let detection = rule.detection
    var inspector = Inspector(explainer: self, event: event)
    let searches = detection.searches.map { inspector.inspect($0) }
    let values = searches.map(\.holds)
    return RuleInspection(
      ruleID: rule.id, title: rule.title,
      logSource: RuleInspection.LogSourceFit(rule.logSource, event.logSources),
      condition: detection.conditionText, conditionHolds: detection.condition.holds(values),
      searches: searches,
      failures: detection.condition.failures(values).map { index, wanted in
        RuleInspection.Failure(search: detection.searches[index].identifier, wanted: wanted)
      })
  }
}

/// Walks the searches of one rule and keeps within the bounds of what is shown.
private struct Inspector {
  let explainer: RuleExplainer
  let event: NaiveEvent
  private var bytesLeft = RuleInspection.maximumBytes
  private var items: [RuleInspection.Item] = []
  private var leftOut = 0

  init(explainer: RuleExplainer, event: NaiveEvent) {
    self.explainer = explainer
    self.event = event
  }

  mutating func inspect(_ search: Search) -> RuleInspection.Search {
    items = []
    leftOut = 0
    let holds: Bool
    if case .any(let parts) = search.expression {
      // Every part is looked at, whether or not it decides.
      holds = parts.enumerated().map { walk($1, alternative: $0 + 1) }.contains(true)
    } else {
      holds = walk(search.expression, alternative: nil)
    }
    return RuleInspection.Search(
      identifier: search.identifier, holds: holds, items: items, itemsLeftOut: leftOut)
  }

  private mutating func walk(_ expression: SearchExpression, alternative: Int?) -> Bool {
    switch expression {
    case .all(let parts): parts.map { walk($0, alternative: alternative) }.allSatisfy(\.self)
    case .any(let parts): parts.map { walk($0, alternative: alternative) }.contains(true)
    case .item(let item): inspect(item, alternative: alternative)
    }
  }

  private mutating func inspect(_ item: FieldItem, alternative: Int?) -> Bool {
    let texts = explainer.texts(of: item, event)
    let verdicts = item.values.map { value in
      value.alternatives.contains {
        explainer.witness($0, item.field, texts, event) != nil
      }
    }
    let over = item.requiresAll ? verdicts.allSatisfy(\.self) : verdicts.contains(true)
    let holds = over != item.isNegated
    let deciding = verdicts.indices.filter { verdicts[$0] != item.requiresAll }
    let others = verdicts.indices.filter { verdicts[$0] == item.requiresAll }
    let patterns = (deciding + others).prefix(RuleInspection.maximumPatterns).map {
      RuleInspection.Pattern(
        text: RuleExplainer.cut(item.values[$0].text), holds: verdicts[$0])
    }
    let values = texts.prefix(RuleInspection.maximumValues).map { text in
      text.occurrence.isNull ? nil : RuleExplainer.shown(text.occurrence)
    }
    let bytes =
      patterns.reduce(64) { $0 + $1.text.utf8.count + 32 }
      + values.reduce(0) { $0 + ($1?.utf8.count ?? 4) }
    guard bytes <= bytesLeft else {
      leftOut += 1
      return holds
    }
    bytesLeft -= bytes
    let eventField = item.field.map(explainer.eventField)
    items.append(
      RuleInspection.Item(
        field: item.field, eventField: eventField == item.field ? nil : eventField,
        modifiers: item.modifiers, alternative: alternative, holds: holds, patterns: patterns,
        patternCount: item.values.count, values: values, valueCount: texts.count))
    return holds
  }
}
