public import Core
internal import EventStore
internal import Normalization
public import Sigma

/// The rules in force for an organization, ready to run on events.
public struct Detector: Sendable {
  let rules: RuleSet
  let matcher: Matcher
  /// For each rule the fields that its detections carry for correlation.
  private let carried: [[String]]
  private let version: Int32
  /// For each rule whether its detections say why it matched. Those that only feed
  /// correlations do not: they are many, and an analyst looks at what they add up to.
  private let explained: [Bool]
  private let explainer = RuleExplainer(aliases: FieldAliases.table)

  /// - Parameter version: the version of the rules, kept with each detection.
  public init(rules: RuleSet, matcher: Matcher, version: Int32 = 1) {
    self.rules = rules
    self.matcher = matcher
    self.version = version
    carried = rules.rules.indices.map { rules.correlatedFields(ofRule: $0) }
    explained = rules.rules.indices.map {
      rules.generatesOwnIncidents(rule: $0) && rules.rules[$0].level > .informational
    }
  }

  struct Scratch {
    var matcher: MatcherScratch
  }

  func makeScratch() -> Scratch {
    Scratch(matcher: matcher.makeScratch())
  }

  /// Appends a detection for each rule that matches the event.
  ///
  /// - Parameter row: the event's position among the rows of its batch.
  func detect(
    _ event: NormalizedEvent, row: Int, scratch: inout Scratch,
    into detections: inout [StagedDetection]
  ) {
    var flat: NaiveEvent?
    for index in matcher.match(event.fields, scratch: &scratch.matcher) {
      let rule = rules.rules[index]
      var matched = "{}"
      if explained[index] {
        let known = flat ?? NaiveEvent(event.fields)
        flat = known
        matched = explainer.explain(rule, known).json
      }
      detections.append(
        StagedDetection(
          row: row, ruleID: rule.id, ruleVersion: version, level: rule.level.rawValue,
          columns: event.columns, fields: fields(of: event.fields, rule: index),
          matched: matched))
    }
  }

  /// The values that correlations of a rule group and count by, under the names that the rule uses.
  ///
  /// - Parameter rule: the rule's index in its set.
  public func correlatedValues(
    of event: EventFields, rule: Int
  ) -> [(name: String, value: String)] {
    carried[rule].compactMap { name in
      event.value(named: FieldAliases.canonical(name)).map { (name, $0) }
    }
  }

  /// The same as a JSON object. NUL, which jsonb can't hold, is put as U+FFFD.
  private func fields(of event: EventFields, rule: Int) -> String {
    var json = JSONWriter()
    json.object { json in
      for (name, value) in correlatedValues(of: event, rule: rule) {
        json.member(name, value.utf8.contains(0) ? EventColumns.withoutNULs(value) : value)
      }
    }
    return json.text
  }
}
