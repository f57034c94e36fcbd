internal import Core

extension Timeline {
  /// The times whose windows an event of `range` can be in.
  static func reach(of range: ClosedRange<Int64>, _ plan: CorrelationPlan) -> ClosedRange<Int64> {
    plan.looksAhead
      ? range.lowerBound.adding(-plan.timespan)...range.upperBound
      : range.lowerBound...range.upperBound.adding(plan.timespan)
  }

  /// Decides anew at which times of `zone` the condition holds.
  mutating func evaluate(
    _ zone: ClosedRange<Int64>, _ plan: CorrelationPlan, _ clock: CorrelationClock
  ) {
    if plan.looksAhead {
      evaluateAhead(zone, plan, clock)
    } else {
      evaluateBehind(zone, plan)
    }
  }

  /// The window of a time `t` is [t − timespan, t].
  private mutating func evaluateBehind(_ zone: ClosedRange<Int64>, _ plan: CorrelationPlan) {
    var next = index(from: zone.lowerBound)
    guard next < items.count else { return }
    var window: Window
    var start: Int
    if let live, live.end == next {
      (window, start) = (live.window, live.start)
      self.live = nil
    } else {
      window = Window(plan)
      start = index(from: items[next].ts.adding(-plan.timespan))
      var earlier = start
      while earlier < next {
        let end = tickEnd(earlier)
        window.add(tick: items[earlier..<end])
        earlier = end
      }
    }
    while next < items.count, items[next].ts <= zone.upperBound {
      let end = tickEnd(next)
      window.add(tick: items[next..<end])
      let from = items[next].ts.adding(-plan.timespan)
      while items[start].ts < from {
        window.remove(items[start])
        start += 1
      }
      let holds = window.holds(from: from)
      mark(next..<end, holds: holds, fires: holds && window.isCurrent)
      next = end
    }
    live = next == items.count ? (window, start, next) : nil
  }

  /// The window of a time `t` is [t, t + timespan], and it has to be closed.
  private mutating func evaluateAhead(
    _ zone: ClosedRange<Int64>, _ plan: CorrelationPlan, _ clock: CorrelationClock
  ) {
    var next = index(from: zone.lowerBound)
    var added = next
    var window = Window(plan)
    while next < items.count, items[next].ts <= zone.upperBound {
      let tick = next..<tickEnd(next)
      let start = items[next].ts
      let until = start.adding(plan.timespan)
      while added < items.count, items[added].ts <= until {
        let end = tickEnd(added)
        window.add(tick: items[added..<end])
        added = end
      }
      let received = items[tick].reduce(Int64.min) { max($0, $1.detection.receivedAt.microseconds) }
      let closed = clock.isClosed(from: start, receivedAt: received, timespan: plan.timespan)
      let holds = closed && window.holds(from: start)
      mark(tick, holds: holds, fires: holds && window.isCurrent)
      for item in items[tick] { window.remove(item) }
      if !closed { firstUndecided = min(firstUndecided ?? start, start) }
      next = tick.upperBound
    }
  }

  /// What the condition measures in the window of `ts`.
  func measure(at ts: Int64, _ plan: CorrelationPlan) -> Double {
    let span = evidenceRange(first: ts, last: ts, plan)
    let range = index(from: span.lowerBound)..<index(from: span.upperBound.adding(1))
    if case .ordered = plan.condition { return Double(range.count) }
    var window = Window(plan)
    window.add(tick: items[range])
    return window.measure
  }

  /// The times of the events that an episode rests on: the windows of all its moments.
  func evidenceRange(first: Int64, last: Int64, _ plan: CorrelationPlan) -> ClosedRange<Int64> {
    plan.looksAhead
      ? first...last.adding(plan.timespan) : first.adding(-plan.timespan)...last
  }
}
