extension CorrelationExpression {
  /// Reads an extended condition: names or ids of rules, `and`, `or`, `not`, parentheses.
  /// - Throws: `SigmaError` of code `.condition` or `.limit`.
  public init(parsing text: String) throws(SigmaError) {
    var scanner = try ConditionScanner(text)
    let tree = try scanner.parse { (scanner) throws(SigmaError) in
      let word = try scanner.takeWord()
      guard scanner.peek()?.lowercased() != "of" else {
        throw scanner.fault("\"\(word) of\" is not for correlations")
      }
      guard !word.contains("*") else { throw scanner.fault("a pattern is not for correlations") }
      return String(word)
    }
    self = Self.expression(tree)
  }

  private static func expression(_ tree: BooleanTree<String>) -> CorrelationExpression {
    switch tree {
    case .leaf(let reference): .rule(reference)
    case .and(let parts): .and(parts.map(expression))
    case .or(let parts): .or(parts.map(expression))
    case .not(let part): .not(expression(part))
    }
  }
}
