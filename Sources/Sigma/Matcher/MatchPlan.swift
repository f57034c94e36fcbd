/// Everything the matcher does for events of one set of log sources: the rules that apply, their
/// questions numbered anew, and a scanner for each field.
final class MatchPlan: Sendable {
  struct Field: Sendable {
    let scanner: LiteralScanner
    /// Questions that any value but null answers.
    let present: [Int32]
  }

  struct Program: Sendable {
    /// The rule's index among all.
    let rule: Int
    let code: [Int32]
  }

  /// What answers a question that no scanner has answered.
  enum Fallback: UInt8, Sendable {
    /// The answer is no.
    case no
    /// Ask.
    case ask
  }

  let programs: [Program]
  /// Rules without witnesses, which every event brings into question.
  let always: [Int32]
  /// Event field names → index in `fields`.
  let fieldNames: BytesTable
  let fields: [Field]
  /// Scans all values of the record for keywords.
  let keywords: LiteralScanner?
  /// What the scanners read.
  let literals: LiteralIndex
  /// By question; what to compare when it is asked, with fields in the plan's numbering.
  let predicates: [CompiledPredicate]
  let fallbacks: [Fallback]
  private let witnessStarts: [Int32]
  private let witnessRules: [Int32]

  init(
    programs: [Program], always: [Int32], fieldNames: BytesTable, fields: [Field],
    keywords: LiteralScanner?, literals: LiteralIndex, predicates: [CompiledPredicate],
    fallbacks: [Fallback], witnesses: [[Int32]]
  ) {
    self.programs = programs
    self.always = always
    self.fieldNames = fieldNames
    self.fields = fields
    self.keywords = keywords
    self.literals = literals
    self.predicates = predicates
    self.fallbacks = fallbacks
    var starts: [Int32] = [0]
    var rules: [Int32] = []
    for list in witnesses {
      rules += list
      starts.append(Int32(rules.count))
    }
    witnessStarts = starts
    witnessRules = rules
  }

  /// Notes an answer and the rules that it points to.
  @inline(__always)
  func found(_ predicate: Int32, _ mark: UInt32, truth: inout TruthState) {
    truth.set(predicate, mark)
    for index in Int(witnessStarts[Int(predicate)])..<Int(witnessStarts[Int(predicate) + 1]) {
      truth.addCandidate(witnessRules[index])
    }
  }
}
