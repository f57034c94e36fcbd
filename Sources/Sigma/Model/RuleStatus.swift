/// How mature a rule is (Sigma specification 2.1, "Status").
public enum RuleStatus: String, CaseIterable, Hashable, Sendable {
  case stable, test, experimental, deprecated, unsupported
}
