/// Reads conditions over the search identifiers of one detection.
public struct ConditionParser: Sendable {
  private let identifiers: [String]

  public init(identifiers: [String]) {
    self.identifiers = identifiers
  }

  /// Reads one condition.
  /// - Throws: `SigmaError` of code `.condition` or `.limit`.
  public func parse(_ text: String) throws(SigmaError) -> Condition {
    var scanner = try ConditionScanner(text)
    let tree = try scanner.parse { (scanner) throws(SigmaError) in try leaf(&scanner) }
    return Self.condition(tree)
  }

  /// Several conditions are joined by `or` (specification 2.1, "Condition").
  public func parse(_ texts: [String]) throws(SigmaError) -> Condition {
    var conditions: [Condition] = []
    for text in texts { conditions.append(try parse(text)) }
    guard let first = conditions.first else {
      throw SigmaError(.condition, "condition: an empty list")
    }
    return conditions.count == 1 ? first : .or(conditions)
  }

  private static func condition(_ tree: BooleanTree<Condition>) -> Condition {
    switch tree {
    case .leaf(let condition): condition
    case .and(let parts): .and(parts.map(condition))
    case .or(let parts): .or(parts.map(condition))
    case .not(let part): .not(condition(part))
    }
  }

  private func leaf(_ scanner: inout ConditionScanner) throws(SigmaError) -> Condition {
    if scanner.peek(1)?.lowercased() == "of" {
      let quantifier = try scanner.takeWord()
      scanner.skipWord()
      let pattern = try scanner.takeWord()
      let searches = matching(pattern)
      guard !searches.isEmpty else {
        throw scanner.fault("no search is called \"\(pattern)\"")
      }
      return try quantified(quantifier, searches, scanner)
    }
    let word = try scanner.takeWord()
    guard let index = identifiers.firstIndex(of: String(word)) else {
      throw scanner.fault("no search is called \"\(word)\"")
    }
    return .search(index)
  }

  private func quantified(
    _ quantifier: Substring, _ searches: [Int], _ scanner: ConditionScanner
  ) throws(SigmaError) -> Condition {
    switch quantifier.lowercased() {
    case "all": return .and(searches.map { .search($0) })
    case "any", "1": return .or(searches.map { .search($0) })
    default:
      guard let count = Int(quantifier), count > 0 else {
        throw scanner.fault("\"\(quantifier) of\" is neither 1, a number, any nor all")
      }
      guard count <= searches.count else {
        throw scanner.fault("\"\(quantifier) of\" can never hold for \(searches.count) searches")
      }
      return .atLeast(count, of: searches)
    }
  }

  /// `them` is every search that does not begin with an underscore; a pattern leaves those out too,
  /// unless it begins with one itself.
  private func matching(_ pattern: Substring) -> [Int] {
    let isThem = pattern.lowercased() == "them"
    let wanted = TextPattern(parts: Self.parts(of: isThem ? "*" : pattern), isCased: true)
    return identifiers.indices.filter { index in
      let identifier = identifiers[index]
      if identifier.hasPrefix("_"), !pattern.hasPrefix("_") { return false }
      return wanted.matches(identifier)
    }
  }

  private static func parts(of pattern: Substring) -> [TextPattern.Part] {
    var parts: [TextPattern.Part] = []
    for (index, piece) in pattern.split(separator: "*", omittingEmptySubsequences: false)
      .enumerated()
    {
      if index > 0 { parts.append(.many) }
      parts.append(.literal(Array(piece.utf8)))
    }
    return parts
  }
}
