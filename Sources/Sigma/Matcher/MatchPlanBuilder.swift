internal import Core

/// Builds the plan for events of one kind.
struct MatchPlanBuilder {
  private let rules: [CompiledRule]
  private let table: PredicateTable
  private var numbers: [Int32: Int32] = [:]
  private var predicates: [CompiledPredicate] = []
  private var fieldNumbers: [Int32: Int32] = [:]
  private var fieldNames: [String] = []
  private var literals: [[LiteralScanner.Literal]] = []
  private var wholes: [[LiteralScanner.Literal]] = []
  private var present: [[Int32]] = []
  private var keywordLiterals: [LiteralScanner.Literal] = []
  private var index = LiteralIndexBuilder()

  init(rules: [CompiledRule], table: PredicateTable) {
    self.rules = rules
    self.table = table
  }

  /// The plan of the rules of these log sources.
  mutating func plan(for sources: Set<LogSource>) -> MatchPlan {
    let applicable = rules.indices.filter { sources.contains(rules[$0].logSource) }
    for index in applicable {
      for predicate in rules[index].predicates { number(predicate) }
    }
    var programs: [MatchPlan.Program] = []
    var always: [Int32] = []
    var witnesses = [[Int32]](repeating: [], count: predicates.count)
    for (position, index) in applicable.enumerated() {
      let rule = rules[index]
      programs.append(
        MatchPlan.Program(
          rule: index, code: RuleProgram(rule.node, numbering: { numbers[$0]! }).code))
      guard let chosen = rule.witnesses else {
        always.append(Int32(position))
        continue
      }
      for predicate in chosen { witnesses[Int(numbers[predicate]!)].append(Int32(position)) }
    }
    var fallbacks: [MatchPlan.Fallback] = []
    for (index, predicate) in predicates.enumerated() {
      fallbacks.append(register(predicate, number: Int32(index)))
    }
    let fields = fieldNames.indices.map { field in
      MatchPlan.Field(
        scanner: LiteralScanner(whole: wholes[field], parts: literals[field], &index),
        present: present[field])
    }
    let keywords =
      keywordLiterals.isEmpty
      ? nil : LiteralScanner(whole: [], parts: keywordLiterals, &index)
    return MatchPlan(
      programs: programs, always: always,
      fieldNames: BytesTable(
        fieldNames.enumerated().map { (bytes: Array($1.utf8), value: Int32($0)) }),
      fields: fields,
      keywords: keywords, literals: LiteralIndex(index), predicates: predicates,
      fallbacks: fallbacks, witnesses: witnesses)
  }

  /// Numbers a question and its fields for the plan.
  private mutating func number(_ index: Int32) {
    guard numbers[index] == nil else { return }
    let predicate = table.predicates[Int(index)]
    var kind = predicate.kind
    if case .field(let other, let anchor, let isCased) = kind {
      kind = .field(number(ofField: other), anchor, isCased: isCased)
    }
    numbers[index] = Int32(predicates.count)
    predicates.append(
      CompiledPredicate(
        field: predicate.field < 0 ? predicate.field : number(ofField: predicate.field),
        kind: kind, triggers: predicate.triggers))
  }

  private mutating func number(ofField index: Int32) -> Int32 {
    if let known = fieldNumbers[index] { return known }
    let number = Int32(fieldNames.count)
    fieldNumbers[index] = number
    fieldNames.append(table.fields[Int(index)])
    literals.append([])
    wholes.append([])
    present.append([])
    return number
  }

  /// Hands a question to the scanner that answers it, or to none.
  private mutating func register(
    _ predicate: CompiledPredicate, number: Int32
  ) -> MatchPlan.Fallback {
    let field = Int(predicate.field)
    func add(_ bytes: [UInt8], _ anchor: LiteralAnchor, isExact: Bool) {
      let literal = LiteralScanner.Literal(
        bytes: bytes, anchor: anchor, predicate: number, isExact: isExact)
      if field < 0 { keywordLiterals.append(literal) } else { literals[field].append(literal) }
    }
    switch predicate.kind {
    case .literal(let bytes, .whole) where field >= 0:
      wholes[field].append(
        LiteralScanner.Literal(bytes: bytes, anchor: .whole, predicate: number, isExact: true))
      return .no
    case .literal(let bytes, let anchor):
      add(bytes, anchor, isExact: true)
      return .no
    case .present where field >= 0:
      present[field].append(number)
      return .no
    default:
      guard !predicate.triggers.isEmpty else { return .ask }
      for trigger in predicate.triggers { add(trigger, .anywhere, isExact: false) }
      return .no
    }
  }
}
