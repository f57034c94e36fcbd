internal import Core

/// Consecutive moments at which a condition holds, none further from the next than the timespan.
struct Run: Equatable, Sendable {
  var first: Int64
  var last: Int64

  func overlaps(_ range: ClosedRange<Int64>) -> Bool {
    first <= range.upperBound && last >= range.lowerBound
  }
}

extension Timeline {
  /// The runs that `zone` has a part in, those next to it included, at their whole length.
  ///
  /// Outside the zone nothing has changed, so a known episode that reaches into it from there says
  /// where the run begins or ends, even beyond what memory holds.
  func runs(touching zone: ClosedRange<Int64>, _ plan: CorrelationPlan) -> [Run] {
    var runs: [Run] = []
    var next = index(from: zone.lowerBound)
    if next > 0, zone.lowerBound.adding(-items[next - 1].ts) <= plan.timespan {
      next = index(from: items[next - 1].ts)
    }
    var previous: Int64?
    while next < items.count {
      let ts = items[next].ts
      if ts.adding(-zone.upperBound) > plan.timespan { break }
      if items[next].fires {
        if let previous, ts.adding(-previous) <= plan.timespan {
          runs[runs.count - 1].last = ts
        } else {
          runs.append(Run(first: ts, last: ts))
        }
        previous = ts
      } else {
        previous = nil
      }
      if ts > zone.upperBound { break }
      next = tickEnd(next)
    }
    if let run = runs.first, run.first < zone.lowerBound {
      runs[0].first = beginning(from: run.first, plan)
    }
    if let run = runs.last, run.last > zone.upperBound {
      runs[runs.count - 1].last = ending(from: run.last, plan)
    }
    return runs
  }

  private func episode(at ts: Int64) -> Episode? {
    let index = episodes.partitionIndex { $0.last.microseconds >= ts }
    guard index < episodes.count, episodes[index].first.microseconds <= ts else { return nil }
    return episodes[index]
  }

  private func beginning(from ts: Int64, _ plan: CorrelationPlan) -> Int64 {
    if let episode = episode(at: ts) { return episode.first.microseconds }
    var first = ts
    var next = index(from: ts)
    while next > 0, items[next - 1].fires, first.adding(-items[next - 1].ts) <= plan.timespan {
      next -= 1
      first = items[next].ts
      if let episode = episode(at: first) { return episode.first.microseconds }
    }
    return first
  }

  private func ending(from ts: Int64, _ plan: CorrelationPlan) -> Int64 {
    if let episode = episode(at: ts) { return episode.last.microseconds }
    var last = ts
    var next = tickEnd(index(from: ts))
    while next < items.count, items[next].fires, items[next].ts.adding(-last) <= plan.timespan {
      last = items[next].ts
      if let episode = episode(at: last) { return episode.last.microseconds }
      next += 1
    }
    return last
  }

  /// Brings the incidents in line with what holds in `zone`.
  ///
  /// - Parameter replacing: the time in which the incidents' evidence may differ from what memory
  ///   holds.
  mutating func reconcile(
    _ zone: ClosedRange<Int64>, _ plan: CorrelationPlan, replacing: ClosedRange<Int64>? = nil,
    age: () -> Int64
  ) -> [IncidentAction] {
    let runs = runs(touching: zone, plan)
    let low = min(zone.lowerBound, runs.first?.first ?? .max)
    let high = max(zone.upperBound, runs.last?.last ?? .min)
    let reach = Run(first: low, last: high)
    let old = episodes.filter { reach.overlaps($0.range) }
    guard !old.isEmpty || !runs.isEmpty else { return [] }
    let assignment = EpisodeAssignment(runs: runs, old: old) { first, last in
      evidenceRange(first: first, last: last, plan)
    }
    episodes.removeAll { reach.overlaps($0.range) }
    var openings: [IncidentAction] = []
    var amendments: [IncidentAction] = []
    var incidents: [IncidentID] = []
    for (run, kept) in zip(runs, assignment.kept) {
      let others = old.filter { run.overlaps($0.range) && $0.incident != kept?.incident }
      if let kept {
        incidents.append(kept.incident)
        if let action = amend(kept, run, plan, others, replacing) { amendments.append(action) }
      } else {
        let opening = open(run, plan, others, age: age())
        incidents.append(opening.id)
        openings.append(.open(opening))
      }
    }
    var actions = openings + amendments.reversed()
    for (episode, run) in assignment.covered {
      actions.append(.merge(episode.incident, into: incidents[run]))
    }
    for episode in assignment.left { actions.append(.retract(episode.incident)) }
    episodes.sort { $0.first < $1.first }
    return actions
  }

  private mutating func open(
    _ run: Run, _ plan: CorrelationPlan, _ others: [Episode], age: Int64
  ) -> IncidentOpening {
    let first = Timestamp(microseconds: run.first)
    let last = Timestamp(microseconds: run.last)
    let id = IncidentID(firstFire: first)
    episodes.append(
      Episode(incident: id, age: age, since: plan.since, first: first, last: last))
    let span = evidenceRange(first: run.first, last: run.last, plan)
    return IncidentOpening(
      id: id, plan: plan, groupKey: group.key, group: group.values,
      firstFire: lastKey(at: run.first) ?? EventKey(ts: first, id: EventID(high: 0, low: 0)),
      lastHold: last, span: span.timestamps,
      evidence: items(in: span).map { EvidenceItem($0.detection) },
      measure: measure(at: run.first, plan), inherits: others.map(\.incident),
      removed: others.isEmpty ? [] : removed)
  }

  /// Nil where the incident stays as it is.
  private mutating func amend(
    _ episode: Episode, _ run: Run, _ plan: CorrelationPlan, _ others: [Episode],
    _ replacing: ClosedRange<Int64>?
  ) -> IncidentAction? {
    let old = evidenceRange(
      first: episode.first.microseconds, last: episode.last.microseconds, plan)
    let new = evidenceRange(first: run.first, last: run.last, plan)
    let added = addedEvidence(from: old, to: new)
    let removed = self.removed.filter {
      old.contains($0.ts.microseconds) || (!others.isEmpty && new.contains($0.ts.microseconds))
    }
    var changed = episode
    changed.first = Timestamp(microseconds: run.first)
    changed.last = Timestamp(microseconds: run.last)
    episodes.append(changed)
    guard !added.isEmpty || !removed.isEmpty || changed != episode else { return nil }
    let isLate = added.contains { $0.key.ts < episode.last }
    let isNarrower = !(new.lowerBound <= old.lowerBound && new.upperBound >= old.upperBound)
    return .amend(
      IncidentAmendment(
        id: episode.incident, firstFire: firstFire(of: run, episode, others),
        lastHold: changed.last, span: new.timestamps, isNarrower: isNarrower,
        replaced: replacing?.timestamps, added: added,
        removed: removed,
        isCorrection: isLate || isNarrower || !removed.isEmpty || changed.first != episode.first
          || !others.isEmpty, inherits: others.map(\.incident)))
  }

  private func firstFire(of run: Run, _ episode: Episode, _ others: [Episode]) -> FirstFire {
    let isTouched = touched(in: run.first...run.first) != nil
    if run.first == episode.first.microseconds, !isTouched { return .unchanged }
    if let key = lastKey(at: run.first) { return .set(key) }
    let source = others.first { $0.first.microseconds == run.first }
    return source.map { .inherited(from: $0.incident) } ?? .unchanged
  }

  /// What memory holds of the evidence that is new; the rest is inherited.
  private func addedEvidence(
    from old: ClosedRange<Int64>, to new: ClosedRange<Int64>
  ) -> [EvidenceItem] {
    let gaps = old.gaps(in: new)
    var added = gaps.before.map { Array(items(in: $0)) } ?? []
    if old.overlaps(new), let touched = touched(in: old.clamped(to: new)) {
      added += items(in: touched).filter(isNew)
    }
    added += gaps.after.map { Array(items(in: $0)) } ?? []
    return added.map { EvidenceItem($0.detection) }
  }

  func items(in range: ClosedRange<Int64>) -> ArraySlice<Item> {
    items[index(from: range.lowerBound)..<index(from: range.upperBound.adding(1))]
  }

  /// The last event at `ts`; nil where memory does not hold that time.
  private func lastKey(at ts: Int64) -> EventKey? {
    let end = index(from: ts.adding(1))
    guard end > 0, items[end - 1].ts == ts else { return nil }
    return items[end - 1].key
  }
}

extension Episode {
  var range: ClosedRange<Int64> { first.microseconds...last.microseconds }
}

extension ClosedRange<Int64> {
  fileprivate var timestamps: ClosedRange<Timestamp> {
    Timestamp(microseconds: lowerBound)...Timestamp(microseconds: upperBound)
  }

  /// The parts of `other` that lie before and behind this range.
  fileprivate func gaps(in other: Self) -> (before: Self?, after: Self?) {
    let before =
      other.lowerBound < lowerBound
      ? other.lowerBound...Swift.min(other.upperBound, lowerBound - 1) : nil
    let after =
      other.upperBound > upperBound
      ? Swift.max(other.lowerBound, upperBound + 1)...other.upperBound : nil
    return (before, after)
  }
}
