internal import Core

/// Lays a rule out for `PreparedExplainer`.
struct ExplainerBuilder {
  private let aliases: [String: String]
  private(set) var searches: [PreparedExplainer.SearchPlan] = []
  private(set) var nodes: [PreparedExplainer.Node] = []
  private(set) var items: [PreparedExplainer.ItemPlan] = []
  private(set) var values: [PreparedExplainer.ValuePlan] = []
  private(set) var tests: [PreparedExplainer.Test] = []
  private(set) var globs: [GlobPattern] = []
  private(set) var regexes: [CompiledRegex] = []
  private(set) var networks: [CIDRBlock] = []
  private(set) var blob = ExplanationOutput()
  private(set) var head: Range<Int32> = 0..<0

  init(aliases: [String: String]) {
    self.aliases = aliases
  }

  mutating func add(_ rule: Rule) {
    head = note { blob in
      blob.append(#"{"rule":"#)
      blob.appendWhole(rule.id)
      blob.append(#","condition":"#)
      blob.appendWhole(rule.detection.conditionText)
      blob.append(#","searches":["#)
    }
    for search in rule.detection.searches {
      let head = note { blob in
        blob.append(#"{"name":"#)
        blob.appendWhole(search.identifier)
        blob.append(#","holds":"#)
      }
      searches.append(.init(node: Int32(nodes.count), head: head))
      add(search.expression)
    }
  }

  /// What `write` adds to the texts.
  private mutating func note(_ write: (inout ExplanationOutput) -> Void) -> Range<Int32> {
    let start = Int32(blob.count)
    write(&blob)
    return start..<Int32(blob.count)
  }

  private mutating func note(_ bytes: [UInt8]) -> Range<Int32> {
    note { $0.append(bytes.span) }
  }

  private mutating func add(_ expression: SearchExpression) {
    switch expression {
    case .all(let parts): add(parts, as: .all)
    case .any(let parts): add(parts, as: .any)
    case .item(let item):
      nodes.append(.init(kind: .item(Int32(items.count)), end: Int32(nodes.count + 1)))
      add(item)
    }
  }

  private mutating func add(_ parts: [SearchExpression], as kind: PreparedExplainer.Node.Kind) {
    let index = nodes.count
    nodes.append(.init(kind: kind, end: 0))
    for part in parts { add(part) }
    nodes[index].end = Int32(nodes.count)
  }

  private mutating func add(_ item: FieldItem) {
    let field = item.field.map { note(Array((aliases[$0] ?? $0).utf8)) }
    let head = note { blob in
      blob.append(#"{"field":"#)
      if let field = item.field { blob.appendWhole(field) } else { blob.append("null") }
      blob.append(#","modifiers":["#)
      for (index, modifier) in item.modifiers.enumerated() {
        if index > 0 { blob.append(UInt8(ascii: ",")) }
        blob.appendWhole(modifier)
      }
      blob.append(#"],"pattern":"#)
    }
    let first = Int32(values.count)
    for value in item.values {
      let start = Int32(tests.count)
      for predicate in value.alternatives { tests.append(test(predicate)) }
      values.append(
        .init(
          tests: start..<Int32(tests.count),
          pattern: note { $0.appendString(Array(value.text.utf8).span) }))
    }
    items.append(
      .init(
        field: field, values: first..<Int32(values.count), head: head,
        requiresAll: item.requiresAll, isNegated: item.isNegated))
  }

  private mutating func test(_ predicate: Predicate) -> PreparedExplainer.Test {
    switch predicate {
    case .text(let pattern): return test(GlobPattern(pattern))
    case .regex(let regex):
      regexes.append(CompiledRegex(regex))
      return .regex(Int32(regexes.count - 1))
    case .cidr(let block):
      networks.append(block)
      return .cidr(Int32(networks.count - 1))
    case .null: return .null
    case .exists(let isThere): return .exists(isThere)
    case .compare(let comparison, let number): return .compare(comparison, number)
    case .datePart(let part, let comparison, let number):
      return .datePart(part, comparison, number)
    case .field(let reference):
      let anchor: LiteralAnchor =
        switch reference.anchor {
        case .whole: .whole
        case .prefix: .prefix
        case .suffix: .suffix
        case .anywhere: .anywhere
        }
      let name = Array((aliases[reference.field] ?? reference.field).utf8)
      return .field(note(name), anchor, isCased: reference.isCased)
    }
  }

  private mutating func test(_ glob: GlobPattern) -> PreparedExplainer.Test {
    let parts = glob.parts
    switch (parts.first, parts.dropFirst().first, parts.dropFirst(2).first, parts.count) {
    case (.many, nil, _, _): return .present
    case (nil, _, _, _): return .literal(0..<0, .whole, isCased: glob.isCased)
    case (.literal(let bytes), nil, _, _):
      return .literal(note(bytes), .whole, isCased: glob.isCased)
    case (.literal(let bytes), .many, nil, _):
      return .literal(note(bytes), .prefix, isCased: glob.isCased)
    case (.many, .literal(let bytes), nil, _):
      return .literal(note(bytes), .suffix, isCased: glob.isCased)
    case (.many, .literal(let bytes), .many, 3):
      return .literal(note(bytes), .anywhere, isCased: glob.isCased)
    default:
      globs.append(glob)
      return .glob(Int32(globs.count - 1))
    }
  }
}
