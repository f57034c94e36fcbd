/// What a detection costs to compile, to bound what one rule can ask for: comparisons and, for regular
/// expressions, a share of their programs. The heaviest rule of SigmaHQ weighs about 4,500.
extension Detection {
  public static let maximumWeight = 200_000

  /// The condition's weight, each search counted as often as the condition names it; saturating.
  public var weight: Int {
    let weights = searches.map { $0.expression.weight }
    return Self.weight(condition, weights)
  }

  private static func weight(_ condition: Condition, _ weights: [Int]) -> Int {
    switch condition {
    case .search(let index): weights[index]
    case .and(let parts), .or(let parts):
      parts.reduce(1) { min($0 + weight($1, weights), maximumWeight + 1) }
    case .not(let part): min(weight(part, weights) + 1, maximumWeight + 1)
    case .atLeast(_, let indices):
      indices.reduce(1) { min($0 + weights[$1], maximumWeight + 1) }
    }
  }
}

extension SearchExpression {
  var weight: Int {
    switch self {
    case .all(let parts), .any(let parts):
      parts.reduce(1) { min($0 + $1.weight, Detection.maximumWeight + 1) }
    case .item(let item): item.weight
    }
  }
}

extension FieldItem {
  /// Comparisons, and one more for every 4 instructions of a regular expression.
  public var weight: Int {
    values.reduce(1) { sum, value in
      value.alternatives.reduce(sum) { sum, predicate in
        guard case .regex(let regex) = predicate else { return sum + 1 }
        return sum + 1 + regex.program.instructions.count / 4
      }
    }
  }
}
