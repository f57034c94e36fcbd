/// What is known so far of one event: which questions have an answer, and which rules come into
/// question. A stamp says for which event an answer holds, so that nothing is cleared between events.
struct TruthState: Sendable {
  /// For each question of the plan the event's number times four, plus one of the marks.
  private(set) var answers: [UInt32] = []
  private(set) var ruleStamps: [UInt32] = []
  private(set) var candidates: [Int32] = []
  private(set) var epoch: UInt32 = 0

  static let yes: UInt32 = 1
  /// A trigger was found; the question itself is not yet asked.
  static let possible: UInt32 = 2
  static let no: UInt32 = 3

  mutating func begin(predicates: Int, rules: Int) {
    if epoch >= 1 << 29 {
      for index in answers.indices { answers[index] = 0 }
      for index in ruleStamps.indices { ruleStamps[index] = 0 }
      epoch = 0
    }
    epoch += 1
    if answers.count < predicates {
      answers.append(contentsOf: repeatElement(0, count: predicates - answers.count))
    }
    if ruleStamps.count < rules {
      ruleStamps.append(contentsOf: repeatElement(0, count: rules - ruleStamps.count))
    }
    candidates.removeAll(keepingCapacity: true)
  }

  /// The mark of this event, or 0.
  @inline(__always)
  func mark(of predicate: Int32) -> UInt32 {
    let answer = answers[Int(predicate)]
    return answer >> 2 == epoch ? answer & 3 : 0
  }

  @inline(__always)
  mutating func set(_ predicate: Int32, _ mark: UInt32) {
    answers[Int(predicate)] = epoch << 2 | mark
  }

  @inline(__always)
  mutating func addCandidate(_ rule: Int32) {
    guard ruleStamps[Int(rule)] != epoch else { return }
    ruleStamps[Int(rule)] = epoch
    candidates.append(rule)
  }
}
