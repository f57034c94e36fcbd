internal import Core
internal import Normalization
internal import Sigma

/// Times one rule by itself.
struct RuleStopwatch {
  struct Reading {
    let nanosecondsPerEvent: Double
    /// What measuring took of this thread's CPU time, compiling included.
    let spent: Duration
  }

  /// How often the sample is gone through, after once to fill the automata.
  private static let rounds = 3

  /// Must not be suspended in between: it reads the thread's own clock.
  static func time(_ rule: Rule, on events: [EventFields]) -> Reading {
    let start = ThreadClock.now
    let matcher = Matcher(rules: [rule], aliases: FieldAliases.table)
    var scratch = matcher.makeScratch()
    run(matcher, events, &scratch)
    let warm = ThreadClock.now
    for _ in 0..<rounds { run(matcher, events, &scratch) }
    let end = ThreadClock.now
    let nanoseconds = Double(end - warm)
    return Reading(
      nanosecondsPerEvent: nanoseconds / Double(max(1, rounds * events.count)),
      spent: .nanoseconds(end - start))
  }

  private static func run(
    _ matcher: Matcher, _ events: [EventFields], _ scratch: inout MatcherScratch
  ) {
    for event in events { _ = matcher.match(event, scratch: &scratch) }
  }
}
