internal import Core

/// All fields and questions of a set of rules, each once.
struct PredicateTable: Sendable {
  private(set) var fields: [String] = []
  private var fieldIndices: [String: Int32] = [:]
  private(set) var predicates: [CompiledPredicate] = []
  private var indices: [CompiledPredicate: Int32] = [:]
  /// Each regular expression once.
  private(set) var regexes: [CompiledRegex] = []
  private var regexIndices: [RegularExpression: Int32] = [:]
  private let aliases: [String: String]

  init(aliases: [String: String]) {
    self.aliases = aliases
  }

  mutating func index(ofField name: String) -> Int32 {
    let name = aliases[name] ?? name
    if let known = fieldIndices[name] { return known }
    let index = Int32(fields.count)
    fields.append(name)
    fieldIndices[name] = index
    return index
  }

  mutating func index(of predicate: Predicate, field: String?) -> Int32 {
    let fieldIndex = field.map { self.index(ofField: $0) } ?? CompiledPredicate.keywordField
    let kind = self.kind(of: predicate, fieldIndex)
    let compiled = CompiledPredicate(field: fieldIndex, kind: kind, triggers: triggers(of: kind))
    if let known = indices[compiled] { return known }
    let index = Int32(predicates.count)
    predicates.append(compiled)
    indices[compiled] = index
    return index
  }

  /// Forgets what only building needs.
  mutating func finish() {
    indices = [:]
    fieldIndices = [:]
    regexIndices = [:]
  }

  private func triggers(of kind: CompiledPredicate.Kind) -> [[UInt8]] {
    switch kind {
    case .glob(let pattern): pattern.longestLiteral.map { [$0] } ?? []
    case .regex(let index): regexes[Int(index)].triggers
    default: []
    }
  }

  private mutating func index(of regex: RegularExpression) -> Int32 {
    if let known = regexIndices[regex] { return known }
    let index = Int32(regexes.count)
    regexes.append(CompiledRegex(regex))
    regexIndices[regex] = index
    return index
  }

  private mutating func kind(
    of predicate: Predicate, _ field: Int32
  ) -> CompiledPredicate.Kind {
    switch predicate {
    case .text(let pattern): Self.kind(of: pattern, isKeyword: field < 0)
    case .regex(let regex): .regex(index(of: regex))
    case .null: .null
    case .exists(let isThere): .exists(isThere)
    case .cidr(let block): .cidr(block)
    case .compare(let comparison, let number): .compare(comparison, number)
    case .datePart(let part, let comparison, let number): .datePart(part, comparison, number)
    case .field(let reference):
      .field(
        self.index(ofField: reference.field), reference.anchor, isCased: reference.isCased)
    }
  }

  private static func kind(of pattern: TextPattern, isKeyword: Bool) -> CompiledPredicate.Kind {
    if pattern.parts == [.many] { return .present }
    guard !pattern.isCased else { return .glob(GlobPattern(pattern)) }
    let parts = GlobPattern(pattern).parts
    func literal(_ anchor: LiteralAnchor, at index: Int) -> CompiledPredicate.Kind? {
      guard case .literal(let bytes) = parts[index] else { return nil }
      // The scanners do not look for these: too short, or across the values of a keyword's text.
      let isShort = anchor != .whole && bytes.count < LiteralScanner.shortest
      guard !isShort, !isKeyword || !bytes.contains(0x0A) else { return nil }
      return .literal(bytes, anchor)
    }
    let found: CompiledPredicate.Kind? =
      switch parts.count {
      case 0: .literal([], .whole)
      case 1: literal(.whole, at: 0)
      case 2 where parts[1] == .many: literal(.prefix, at: 0)
      case 2 where parts[0] == .many: literal(.suffix, at: 1)
      case 3 where parts[0] == .many && parts[2] == .many: literal(.anywhere, at: 1)
      default: nil
      }
    return found ?? .glob(GlobPattern(pattern))
  }
}
