public import Sigma

/// A comparison, or a range as several: all must hold (Sigma correlation specification 2.1,
/// "Condition").
public struct Threshold: Hashable, Sendable, CustomStringConvertible {
  public struct Bound: Hashable, Sendable {
    public let comparison: ComparisonOperator
    public let value: Double

    public init(_ comparison: ComparisonOperator, _ value: Double) {
      self.comparison = comparison
      self.value = value
    }
  }

  public let bounds: [Bound]

  public init(_ bounds: [Bound]) {
    precondition(!bounds.isEmpty, "a threshold needs a bound")
    self.bounds = bounds
  }

  public static func atLeast(_ value: Int) -> Threshold {
    Threshold([Bound(.gte, Double(value))])
  }

  public func holds(_ measure: Double) -> Bool {
    bounds.allSatisfy { $0.comparison.holds(measure, $0.value) }
  }

  public var description: String {
    bounds.map { "\($0.comparison.rawValue) \(numberText($0.value))" }.joined(separator: " and ")
  }
}

/// A number without a fraction that it does not have.
func numberText(_ number: Double) -> String {
  guard let whole = Int64(exactly: number) else { return String(number) }
  return String(whole)
}
