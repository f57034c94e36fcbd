public import Core
import Crypto
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

  /// Adds a detection for each rule that matches the event.
  ///
  /// - Parameter row: the event's position among the rows of its batch.
  func detect(
    _ event: NormalizedEvent, row: Int, scratch: inout Scratch,
    into batch: inout StagedBatch
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
      batch.add(
        StagedDetection(
          row: row, ruleID: rule.id, ruleVersion: version, level: rule.level.rawValue,
          columns: event.columns, fields: fields(of: event.fields, rule: index),
          matched: matched))
    }
  }

  /// The values that correlations of a rule group and count by, under the names that the rule uses.
  /// A value of more than 512 bytes is cut, see `shortened`.
  ///
  /// - Parameter rule: the rule's index in its set.
  public func correlatedValues(
    of event: EventFields, rule: Int
  ) -> [(name: String, value: String)] {
    carried[rule].compactMap { name in
      event.value(named: FieldAliases.canonical(name)).map { (name, Self.shortened($0)) }
    }
  }

  /// A value as correlation keeps it, in memory and in indexes. Of one with more than 512 bytes of
  /// UTF-8 it is the first 256, to a whole character, and 128 bits of SHA-256 of the whole: different
  /// values stay different, and nobody can make two that look the same. The digest is of the value in
  /// lower case, since groups are compared without case.
  static func shortened(_ value: String) -> String {
    let utf8 = value.utf8
    guard utf8.count > 512 else { return value }
    var end = utf8.index(utf8.startIndex, offsetBy: 256)
    while UTF8.isContinuation(utf8[end]) { utf8.formIndex(before: &end) }
    let digest = SHA256.hash(data: Array(value.lowercased().utf8)).prefix(16)
    let digits = digest.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "\(value[..<end])…#\(digits.joined())"
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
