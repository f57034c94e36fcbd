import Sigma

@testable import SigmaYAML

/// A rule file's text around a detection.
func ruleText(
  id: String = "r1", detection: String, logsource: String = "product: test", more: String = ""
) -> String {
  """
  title: A rule
  id: \(id)
  logsource:
    \(logsource)
  detection:
  \(detection.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    .joined(separator: "\n"))
  level: high
  \(more)
  """
}

func load(_ text: String) -> LoadedRules {
  RuleLoader().load(text: text, file: "rules.yml")
}

let plain = "selection:\n  Field: value\ncondition: selection"
