public import Core

/// Runs many rules over events.
public struct Matcher: Sendable {
  private let rules: [Rule]
  private let evaluator: NaiveEvaluator

  /// - Parameter aliases: rule field → event field, where they differ.
  public init(rules: [Rule], aliases: [String: String] = [:]) {
    self.rules = rules
    evaluator = NaiveEvaluator(aliases: aliases)
  }

  public func makeScratch() -> MatcherScratch { MatcherScratch() }

  /// The indices of the rules that match the event, ascending.
  public func match(
    _ event: borrowing EventFields, scratch: inout MatcherScratch
  ) -> [Int] {
    evaluator.matches(rules, NaiveEvent(copy event))
  }
}

/// Memory that a matcher needs while it runs; one for each thread.
public struct MatcherScratch: Sendable {
  init() {}
}
