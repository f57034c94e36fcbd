internal import Core
internal import Sigma

/// A rule as its author writes it, before anything has read it.
struct FuzzRule {
  struct Item {
    /// Empty for a keyword.
    var field: String
    var modifiers: [String]
    var scalars: [RuleScalar]

    var key: String { ([field] + modifiers).joined(separator: "|") }
  }

  indirect enum Search {
    case item(Item)
    case all([Search])
    case any([Search])
  }

  indirect enum Condition {
    case search(Int)
    case and([Condition])
    case or([Condition])
    case not(Condition)
    /// At least `count` of the searches that `pattern` names; all of them where nil.
    case of(count: Int?, pattern: String)
  }

  var id: String
  var logSource: LogSource
  var names: [String]
  var searches: [Search]
  var condition: Condition
  /// The condition as text, in one of the many ways to write it.
  var text: String

  /// - Throws: `SigmaError` where Harrier refuses the rule.
  func read() throws -> Rule {
    var read: [Sigma.Search] = []
    for (name, search) in zip(names, searches) {
      read.append(
        Sigma.Search(identifier: name, expression: try Self.expression(search), line: 1))
    }
    let tree = try ConditionParser(identifiers: names).parse(text)
    return Rule(
      id: id, title: id, logSource: logSource,
      detection: Detection(searches: read, condition: tree, conditionText: text),
      location: RuleLocation(file: id, line: 1))
  }

  private static func expression(_ search: Search) throws -> SearchExpression {
    switch search {
    case .item(let item):
      return .item(try FieldItem(key: item.key, scalars: item.scalars, line: 1))
    case .all(let parts): return .all(try parts.map(expression))
    case .any(let parts): return .any(try parts.map(expression))
    }
  }
}

extension FuzzRule: CustomStringConvertible {
  var description: String {
    let searches = zip(names, searches).map { "  \($0): \(Self.shown($1))" }
    return (["\(logSource)"] + searches + ["  condition: \(text)"]).joined(separator: "\n")
  }

  private static func shown(_ search: Search) -> String {
    switch search {
    case .item(let item):
      let values = item.scalars.map { scalar in
        if case .text(let text) = scalar { return text.debugDescription }
        return scalar.text
      }
      return "\(item.key) = [\(values.joined(separator: ", "))]"
    case .all(let parts): return "all(\(parts.map(shown).joined(separator: "; ")))"
    case .any(let parts): return "any(\(parts.map(shown).joined(separator: "; ")))"
    }
  }
}
