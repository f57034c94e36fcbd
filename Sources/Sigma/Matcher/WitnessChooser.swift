/// Chooses for a rule the questions that point to it: of an AND one child's, of an OR all children's,
/// of a NOT none. The rarer the answer is yes in practice, the better.
enum WitnessChooser {
  static func witnesses(of node: RuleProgram.Node, _ table: borrowing PredicateTable) -> [Int32]? {
    choose(node, table)?.predicates
  }

  private struct Choice {
    var predicates: [Int32]
    var cost: Double
  }

  private static func choose(
    _ node: RuleProgram.Node, _ table: borrowing PredicateTable
  ) -> Choice? {
    switch node {
    case .not: return nil
    case .predicate(let index):
      guard let cost = cost(of: table.predicates[Int(index)], table) else { return nil }
      return Choice(predicates: [index], cost: cost)
    case .and(let children):
      var best: Choice?
      for child in children {
        guard let choice = choose(child, table) else { continue }
        if best.map({ choice.cost < $0.cost }) ?? true { best = choice }
      }
      return best
    case .or(let children), .atLeast(_, let children):
      var all = Choice(predicates: [], cost: 0)
      for child in children {
        guard let choice = choose(child, table) else { return nil }
        all.predicates += choice.predicates
        all.cost += choice.cost
      }
      return all
    }
  }

  /// An estimate of how often the scanners say yes; nil for what they do not look for.
  private static func cost(
    of predicate: CompiledPredicate, _ table: borrowing PredicateTable
  ) -> Double? {
    let isEventID =
      predicate.field >= 0 && frequentFields.contains(table.fields[Int(predicate.field)])
    switch predicate.kind {
    case .literal(let text, let anchor):
      var cost = cost(of: text, anchor)
      if isEventID { cost = max(cost, 0.05) }
      return cost
    case .glob, .regex:
      guard !predicate.triggers.isEmpty else { return nil }
      return predicate.triggers.reduce(0.0005) { $0 + cost(of: $1, .anywhere) * 1.5 }
    case .present, .null, .exists, .cidr, .compare, .datePart, .field: return nil
    }
  }

  private static func cost(of text: [UInt8], _ anchor: LiteralAnchor) -> Double {
    if CommonText.contains(text) { return anchor == .whole ? 0.05 : 0.3 }
    let length: Double = Double(min(text.count, 14))
    // A character more divides the chance; an anchor does as well.
    let chance = 0.5 / (1 + length * length)
    return anchor == .anywhere ? chance : chance / 3
  }

  /// Fields with few values, which say little.
  private static let frequentFields: Set<String> = [
    "EventID", "Provider_Name", "Channel", "eventSource", "EventType", "LogonType", "type",
    "Operation", "Initiated", "Status", "Level", "IntegrityLevel", "SubjectUserSid", "action",
    "outcome", "event_type", "protocol", "ObjectType",
  ]
}
