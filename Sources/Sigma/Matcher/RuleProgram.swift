/// A rule's condition as a tree over questions, flattened into one array in preorder.
///
/// Each node is its operation, its number of children or operands, and what follows. `evaluate` reads
/// it with a function that answers questions.
struct RuleProgram: Sendable {
  /// A condition before it is flattened.
  indirect enum Node: Sendable {
    case predicate(Int32)
    case and([Node])
    case or([Node])
    case not(Node)
    case atLeast(Int, [Node])
  }

  enum Operation: Int32 {
    case predicate, anyOf, allOf, and, or, not, atLeast
  }

  /// Operation, count, end of the node; `predicate` has its question in place of the count. `anyOf`
  /// and `allOf` have questions for children, the others nodes; `atLeast` begins with its threshold.
  private(set) var code: [Int32] = []

  init(_ node: Node, numbering: (Int32) -> Int32) {
    emit(node, numbering)
  }

  private mutating func emit(_ node: Node, _ numbering: (Int32) -> Int32) {
    switch node {
    case .predicate(let index):
      code += [Operation.predicate.rawValue, numbering(index), Int32(code.count + 3)]
    case .and(let children): emit(children, leaf: .allOf, inner: .and, numbering)
    case .or(let children): emit(children, leaf: .anyOf, inner: .or, numbering)
    case .not(let child): nest(.not, count: 1) { $0.emit(child, numbering) }
    case .atLeast(let threshold, let children):
      nest(.atLeast, count: children.count) { program in
        program.code.append(Int32(threshold))
        for child in children { program.emit(child, numbering) }
      }
    }
  }

  /// Questions among the children come first, as one node: they are cheapest.
  private mutating func emit(
    _ children: [Node], leaf: Operation, inner: Operation, _ numbering: (Int32) -> Int32
  ) {
    var leaves: [Int32] = []
    var others: [Node] = []
    for child in children {
      if case .predicate(let index) = child {
        leaves.append(numbering(index))
      } else {
        others.append(child)
      }
    }
    guard !others.isEmpty else {
      nest(leaf, count: leaves.count) { $0.code += leaves }
      return
    }
    nest(inner, count: others.count + (leaves.isEmpty ? 0 : 1)) { program in
      if !leaves.isEmpty { program.nest(leaf, count: leaves.count) { $0.code += leaves } }
      for child in others { program.emit(child, numbering) }
    }
  }

  private mutating func nest(
    _ operation: Operation, count: Int, _ body: (inout RuleProgram) -> Void
  ) {
    let start = code.count
    code += [operation.rawValue, Int32(count), 0]
    body(&self)
    code[start + 2] = Int32(code.count)
  }
}

extension RuleProgram.Node {
  /// Joins an AND within an AND and an OR within an OR.
  var flattened: RuleProgram.Node {
    switch self {
    case .predicate: return self
    case .not(let child):
      if case .not(let inner) = child.flattened { return inner }
      return .not(child.flattened)
    case .atLeast(let count, let children): return .atLeast(count, children.map(\.flattened))
    case .and(let children):
      let flat = children.map(\.flattened).flatMap { child -> [Self] in
        if case .and(let inner) = child { inner } else { [child] }
      }
      return flat.count == 1 ? flat[0] : .and(flat)
    case .or(let children):
      let flat = children.map(\.flattened).flatMap { child -> [Self] in
        if case .or(let inner) = child { inner } else { [child] }
      }
      return flat.count == 1 ? flat[0] : .or(flat)
    }
  }

  func forEachPredicate(_ body: (Int32) -> Void) {
    switch self {
    case .predicate(let index): body(index)
    case .and(let children), .or(let children), .atLeast(_, let children):
      for child in children { child.forEachPredicate(body) }
    case .not(let child): child.forEachPredicate(body)
    }
  }
}
