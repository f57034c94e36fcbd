/// When a correlation holds.
public enum CorrelationCondition: Hashable, Sendable {
  case comparison(CorrelationComparison)
  /// Extended condition of the temporal types, `rule_a and (rule_b or not rule_c)`, over the names
  /// in `rules` (Sigma enhancement proposal 198).
  case expression(CorrelationExpression)
}

/// One or two comparisons of the count, sum, average or percentile; two are a range, and both must
/// hold.
public struct CorrelationComparison: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public var comparison: ComparisonOperator
    public var value: Number

    public init(_ comparison: ComparisonOperator, _ value: Number) {
      self.comparison = comparison
      self.value = value
    }

    public func holds(_ measured: Number) -> Bool { comparison.holds(measured, value) }
  }

  public var terms: [Term]
  /// The field or fields whose values are counted (several: their tuple); empty for counts of events
  /// and rules. Names may be aliases.
  public var fields: [String]
  /// 0 to 100, for `value_percentile`.
  public var percentile: Double?

  public init(terms: [Term], fields: [String] = [], percentile: Double? = nil) {
    self.terms = terms
    self.fields = fields
    self.percentile = percentile
  }

  public func holds(_ measured: Number) -> Bool { terms.allSatisfy { $0.holds(measured) } }

  /// Whether it is the comparison that a temporal type has by itself: all of `rules`. One that stands
  /// twice may be counted once or twice.
  public func asks(forAll rules: [String]) -> Bool {
    [rules.count, Set(rules).count].contains { terms == [Term(.gte, .integer(Int64($0)))] }
  }
}

/// The tree of an extended condition; leaves are references as they stand in `rules`.
public indirect enum CorrelationExpression: Hashable, Sendable {
  case rule(String)
  case and([CorrelationExpression])
  case or([CorrelationExpression])
  case not(CorrelationExpression)
}

extension CorrelationExpression {
  /// The references it names, in order, without repetition.
  public var references: [String] {
    var found: [String] = []
    collect(into: &found)
    return found
  }

  private func collect(into found: inout [String]) {
    switch self {
    case .rule(let reference): if !found.contains(reference) { found.append(reference) }
    case .and(let parts), .or(let parts): parts.forEach { $0.collect(into: &found) }
    case .not(let part): part.collect(into: &found)
    }
  }

  /// Whether a `not` occurs, so that only the end of the window decides.
  public var hasNegation: Bool {
    switch self {
    case .rule: false
    case .and(let parts), .or(let parts): parts.contains { $0.hasNegation }
    case .not: true
    }
  }

  /// Whether rules can fire so that it holds; true where there are too many to try.
  public var canHold: Bool {
    let references = self.references
    guard references.count <= 10 else { return true }
    // Nothing is looked at before a rule has fired.
    return (1..<1 << references.count).contains { bits in
      holds { name in references.firstIndex(of: name).map { bits >> $0 & 1 == 1 } ?? false }
    }
  }

  /// Its value when exactly the rules for which `present` is true have fired.
  public func holds(_ present: (String) -> Bool) -> Bool {
    switch self {
    case .rule(let reference): present(reference)
    case .and(let parts): parts.allSatisfy { $0.holds(present) }
    case .or(let parts): parts.contains { $0.holds(present) }
    case .not(let part): !part.holds(present)
    }
  }
}
