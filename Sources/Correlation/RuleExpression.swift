/// An extended condition of a temporal correlation, over the rules that occur in the window (Sigma
/// enhancement proposal 198). A rule is named by its step's index.
public indirect enum RuleExpression: Hashable, Sendable {
  case rule(Int)
  case not(RuleExpression)
  case and([RuleExpression])
  case or([RuleExpression])

  /// Whether it holds where the rules whose bits are set in `present` occur.
  public func holds(present: UInt64) -> Bool {
    switch self {
    case .rule(let step): present & (1 << UInt64(step)) != 0
    case .not(let inner): !inner.holds(present: present)
    case .and(let parts): parts.allSatisfy { $0.holds(present: present) }
    case .or(let parts): parts.contains { $0.holds(present: present) }
    }
  }

  /// Whether an event still to come could make it false. It is then decided when the window closes.
  public var asksForAbsence: Bool {
    switch self {
    case .rule: false
    case .not: true
    case .and(let parts), .or(let parts): parts.contains { $0.asksForAbsence }
    }
  }
}
