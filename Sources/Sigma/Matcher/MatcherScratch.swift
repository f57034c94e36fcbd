internal import Core

/// Memory that a matcher needs while it runs; one for each thread. Use it with the matcher that made
/// it.
public struct MatcherScratch: Sendable {
  /// One value of the event whose field the plan reads.
  struct Occurrence: Sendable {
    /// In the event's bytes.
    let original: Range<Int>
    /// In the folded bytes.
    let folded: Range<Int>
    let isNull: Bool
    /// The next value of the same field, or -1.
    let next: Int32
  }

  var truth = TruthState()
  /// The event's bytes in lower case; values outside ASCII once more behind them, folded by Unicode.
  var folded: [UInt8] = []
  var occurrences: [Occurrence] = []
  /// By field of the plan: the event's number and the last of its occurrences.
  var heads: [(epoch: UInt32, occurrence: Int32)] = []
  /// The event's whole text for keywords, made when it is asked for, and for which event.
  var text: [UInt8] = []
  var foldedText: [UInt8] = []
  var textEpoch: UInt32 = 0
  /// By the number of the regular expression.
  var automata: [LazyDFA] = []
  var plans: [LogSourceSet: MatchPlan] = [:]
  var lastPlan: (sources: LogSourceSet, plan: MatchPlan)?

  /// How many values were longer than a regular expression may look at, and were looked at in part,
  /// since the last `takeTruncatedValues()`.
  public internal(set) var truncatedValues = 0

  init() {}

  /// The count so far, which begins again at 0: for whoever adds up the counts of many threads.
  public mutating func takeTruncatedValues() -> Int {
    defer { truncatedValues = 0 }
    return truncatedValues
  }
}
