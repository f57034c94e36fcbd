internal import Core
internal import Normalization
internal import Sigma

#if canImport(Glibc)
  internal import Glibc
#endif

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
    let start = now()
    let matcher = Matcher(rules: [rule], aliases: FieldAliases.table)
    var scratch = matcher.makeScratch()
    run(matcher, events, &scratch)
    let warm = now()
    for _ in 0..<rounds { run(matcher, events, &scratch) }
    let end = now()
    let nanoseconds = Double((end - warm) / .nanoseconds(1))
    return Reading(
      nanosecondsPerEvent: nanoseconds / Double(max(1, rounds * events.count)), spent: end - start)
  }

  private static func run(
    _ matcher: Matcher, _ events: [EventFields], _ scratch: inout MatcherScratch
  ) {
    for event in events { _ = matcher.match(event, scratch: &scratch) }
  }

  /// This thread's CPU time.
  private static func now() -> Duration {
    var time = timespec()
    let status = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    precondition(status == 0, "every thread has a clock")
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }
}
