internal import Core

/// A rule over the questions of a table.
struct CompiledRule: Sendable {
  let logSource: LogSource
  let node: RuleProgram.Node
  /// Every question of the rule, once.
  let predicates: [Int32]
  /// Questions of which at least one holds whenever the rule matches; nil where there are none that
  /// the scanners find.
  let witnesses: [Int32]?

  init(_ rule: Rule, table: inout PredicateTable) {
    logSource = rule.logSource
    let searches = rule.detection.searches.map { Self.node($0.expression, &table) }
    let flat = Self.node(rule.detection.condition, searches).flattened
    node = flat
    var seen: Set<Int32> = []
    var predicates: [Int32] = []
    flat.forEachPredicate { if seen.insert($0).inserted { predicates.append($0) } }
    self.predicates = predicates
    witnesses = WitnessChooser.witnesses(of: flat, table)
  }

  private static func node(
    _ condition: Condition, _ searches: [RuleProgram.Node]
  ) -> RuleProgram.Node {
    switch condition {
    case .search(let index): searches[index]
    case .and(let parts): .and(parts.map { node($0, searches) })
    case .or(let parts): .or(parts.map { node($0, searches) })
    case .not(let part): .not(node(part, searches))
    case .atLeast(let count, let indices): .atLeast(count, indices.map { searches[$0] })
    }
  }

  private static func node(
    _ expression: SearchExpression, _ table: inout PredicateTable
  ) -> RuleProgram.Node {
    switch expression {
    case .all(let parts):
      var nodes: [RuleProgram.Node] = []
      for part in parts { nodes.append(node(part, &table)) }
      return .and(nodes)
    case .any(let parts):
      var nodes: [RuleProgram.Node] = []
      for part in parts { nodes.append(node(part, &table)) }
      return .or(nodes)
    case .item(let item):
      var values: [RuleProgram.Node] = []
      for value in item.values {
        var alternatives: [RuleProgram.Node] = []
        for predicate in value.alternatives {
          alternatives.append(.predicate(table.index(of: predicate, field: item.field)))
        }
        values.append(.or(alternatives))
      }
      let node: RuleProgram.Node = item.requiresAll ? .and(values) : .or(values)
      return item.isNegated ? .not(node) : node
    }
  }
}
