import Core
import Correlation

/// Plays the part of the service around an engine: commits batches, answers requests for history.
struct Harness {
  var engine: CorrelationEngine
  private(set) var book = IncidentBook()
  private var committed: [Detection] = []
  private let plans: CorrelationPlanSet
  private let limits: CorrelationLimits
  var clock: CorrelationClock

  init(
    _ plans: CorrelationPlanSet, limits: CorrelationLimits = CorrelationLimits(),
    clock: CorrelationClock = CorrelationClock(watermark: .earliest, now: .earliest, lateness: 0),
    old: [Detection] = []
  ) {
    committed = old
    self.plans = plans
    self.limits = limits
    self.clock = clock
    engine = CorrelationEngine(plans: plans, limits: limits)
  }

  mutating func apply(_ batch: [Detection]) {
    var batch = batch
    repeat {
      let needs = engine.needs(for: batch, clock: clock)
      for request in needs.history { load(request) }
      let known = needs.episodes.flatMap { request in
        book.known(
          ruleIDs: [request.ruleID], group: request.groupKey, from: request.from, to: request.to)
      }
      book.apply(engine.apply(batch, known: known, clock: clock))
      committed += batch
      batch = []
    } while engine.hasUnplaced
  }

  @discardableResult
  mutating func advance(_ clock: CorrelationClock) -> [IncidentAction] {
    self.clock = clock
    let actions = engine.advance(clock: clock)
    book.apply(actions)
    return actions
  }

  /// Loses all memory, as a process does that ends.
  mutating func restart() {
    engine = CorrelationEngine(plans: plans, limits: limits)
    let oldest = committed.map(\.ts).min() ?? clock.now
    let recent = Dictionary(uniqueKeysWithValues: plans.families.indices.map { ($0, oldest) })
    for request in engine.needsAtStart(clock: clock, recent: recent) { load(request) }
  }

  private mutating func load(_ request: HistoryRequest) {
    let detections = committed.filter {
      request.ruleIDs.contains($0.ruleID) && $0.ts >= request.from && $0.ts <= request.to
    }
    engine.load(
      request, detections: detections,
      incidents: book.known(
        ruleIDs: request.incidentRuleIDs, from: request.from, to: request.to),
      clock: clock)
  }
}
