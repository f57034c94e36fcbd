/// How critical a rule's hit is (Sigma specification 2.1, "Level"). The order of the cases is the
/// order of criticality.
public enum RuleLevel: String, CaseIterable, Comparable, Hashable, Sendable {
  case informational, low, medium, high, critical

  /// 0 for informational to 4 for critical.
  public var rank: Int {
    switch self {
    case .informational: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .critical: 4
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
