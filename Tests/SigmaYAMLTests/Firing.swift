import Core
import Sigma
import Testing

@testable import SigmaYAML

/// Whether a rule with that detection matches an event of those fields, read from YAML and run by the
/// naive evaluator and the compiled matcher, which must agree. Nil values are nulls; a name may stand
/// several times.
func fires(
  _ detection: String, on fields: KeyValuePairs<String, String?>,
  location: Testing.SourceLocation = #_sourceLocation
) throws -> Bool {
  let loaded = load(ruleText(detection: detection))
  #expect(loaded.refusals.isEmpty, "\(loaded.refusals)", sourceLocation: location)
  let rule = try #require(loaded.set.rules.first, sourceLocation: location)
  var event = EventFields()
  for (name, value) in fields {
    event.append(name: name, value: value ?? "", kind: value == nil ? .null : .string)
  }
  event.logSources = LogSourceSet([LogSource(product: "test")])
  let naive = NaiveEvaluator().matches(rule, NaiveEvent(event))
  let matcher = Matcher(rules: [rule])
  var scratch = matcher.makeScratch()
  let compiled = !matcher.match(event, scratch: &scratch).isEmpty
  #expect(naive == compiled, "the evaluators differ", sourceLocation: location)
  return naive
}

/// The refusals of a rule with that detection.
func refusals(_ detection: String) -> [RuleRefusal] {
  load(ruleText(detection: detection)).refusals
}

/// A search of one line, which is the condition.
func line(_ key: String, _ value: String) -> String {
  "selection:\n  \(key): \(value)\ncondition: selection"
}
