/// What a rule looks for: named searches and the condition that joins them.
public struct Detection: Sendable {
  public var searches: [Search]
  public var condition: Condition
  /// The condition as written; several are joined by `or`.
  public var conditionText: String

  public init(searches: [Search], condition: Condition, conditionText: String) {
    self.searches = searches
    self.condition = condition
    self.conditionText = conditionText
  }
}

/// One search identifier and its definition.
public struct Search: Sendable {
  public var identifier: String
  public var expression: SearchExpression
  /// The line of the identifier in its file, from 1.
  public var line: Int

  public init(identifier: String, expression: SearchExpression, line: Int) {
    self.identifier = identifier
    self.expression = expression
    self.line = line
  }
}

/// A map's items are joined by AND, a list's by OR.
public indirect enum SearchExpression: Sendable {
  case all([SearchExpression])
  case any([SearchExpression])
  case item(FieldItem)
}

extension SearchExpression {
  /// Calls `body` for each field item, in the order of the rule.
  public func forEachItem(_ body: (FieldItem) -> Void) {
    switch self {
    case .all(let parts), .any(let parts): parts.forEach { $0.forEachItem(body) }
    case .item(let item): body(item)
    }
  }
}

/// A condition's tree over the searches of its detection, by their index. `1 of x*` and `all of x*`
/// are written out.
public indirect enum Condition: Hashable, Sendable {
  case search(Int)
  case and([Condition])
  case or([Condition])
  case not(Condition)
  /// `N of x*`: at least that many of the searches hold.
  case atLeast(Int, of: [Int])
}
