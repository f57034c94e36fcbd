internal import Sigma

/// Which rules and correlations of a set raise incidents of their own.
///
/// A rule that correlations refer to leaves it to them, unless one says `generate: true`. A correlation
/// that comes to nothing, since it may not raise or can't be planned and feeds none that does better,
/// takes nothing from the rules that it refers to: a correlation on trial silences nobody.
struct IncidentOrigins {
  /// By the indices of the set.
  let rules: [Bool]
  let correlations: [Bool]

  /// - Parameters:
  ///   - raises: whether the rule or correlation with that id may raise incidents.
  ///   - refused: correlations that don't run, by their index.
  init(_ set: RuleSet, refused: Set<Int> = [], raises: (String) -> Bool) {
    let mayRaise = set.correlations.map { raises($0.id) }
    var counts = [Bool](repeating: false, count: set.correlations.count)
    for index in set.evaluationOrder.reversed() where !refused.contains(index) {
      counts[index] =
        mayRaise[index] || set.usesOfCorrelation[index].contains { counts[$0.correlation] }
    }
    func isLeftAlone(_ uses: [RuleSet.Use]) -> Bool {
      let live = uses.filter { counts[$0.correlation] }
      return live.isEmpty || live.contains { set.correlations[$0.correlation].generate }
    }
    correlations = set.correlations.indices.map {
      mayRaise[$0] && isLeftAlone(set.usesOfCorrelation[$0])
    }
    rules = set.rules.indices.map { raises(set.rules[$0].id) && isLeftAlone(set.usesOfRule[$0]) }
  }
}
