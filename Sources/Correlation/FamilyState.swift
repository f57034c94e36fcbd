internal import Core

/// A family's memory: stretches of event time, most often one that reaches to now.
struct FamilyState: Sendable {
  private(set) var segments: [Segment] = []
  private var uses: UInt64 = 0
  /// Detections that wait for a stretch to be loaded again.
  private(set) var unplaced: [Detection] = []
  /// Stretches that were dropped with windows still open.
  private(set) var lost: [ClosedRange<Int64>] = []

  /// Whether history has to be loaded again before this can go on.
  var isWaiting: Bool { !unplaced.isEmpty || !lost.isEmpty }

  var itemCount: Int { segments.reduce(0) { $0 + $1.itemCount } }
  var groupCount: Int { segments.reduce(0) { $0 + $1.groupCount } }

  /// The stretches to be loaded before `detections` can be placed.
  ///
  /// - Parameter slack: microseconds to load more than needed, so that a replay of old logs asks
  ///   seldom.
  func needs(
    _ detections: [Detection], span: Int64, now: Int64, slack: Int64
  ) -> [ClosedRange<Int64>] {
    let reach = span.adding(span)
    var wanted: [ClosedRange<Int64>] = lost
    if wanted.isEmpty, unplaced.isEmpty, isInOneSegment(detections, span: span) { return [] }
    for ts in (unplaced + detections).map(\.ts.microseconds).sorted()
    where !segments.contains(where: { $0.reaches(ts, span: span) }) {
      if let last = wanted.last, last.contains(ts.adding(-reach)) {
        wanted[wanted.count - 1] = last.lowerBound...ts.adding(reach).adding(slack)
      } else {
        wanted.append(ts.adding(-reach).adding(-slack)...ts.adding(reach).adding(slack))
      }
    }
    return joined(wanted.map { $0.upperBound >= now ? $0.lowerBound...Int64.max : $0 })
  }

  /// Whether one segment reaches all of them, as the one that reaches to now mostly does.
  private func isInOneSegment(_ detections: [Detection], span: Int64) -> Bool {
    guard let first = detections.first else { return true }
    let (oldest, newest) = detections.reduce((first.ts, first.ts)) {
      (min($0.0, $1.ts), max($0.1, $1.ts))
    }
    return segments.contains {
      $0.reaches(oldest.microseconds, span: span) && $0.reaches(newest.microseconds, span: span)
    }
  }

  /// Widens each to the segments that it touches, which it will replace.
  private func joined(_ wanted: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
    var result: [ClosedRange<Int64>] = []
    for range in wanted {
      var range = range
      for segment in segments where segment.coverage.overlaps(range) {
        range =
          min(
            range.lowerBound, segment.coverage.lowerBound)...max(
            range.upperBound, segment.coverage.upperBound)
      }
      while let last = result.last, last.overlaps(range) {
        range = min(last.lowerBound, range.lowerBound)...max(last.upperBound, range.upperBound)
        result.removeLast()
      }
      result.append(range)
    }
    return result
  }

  /// Takes in a loaded stretch in place of those that it touches.
  mutating func add(_ segment: Segment) {
    segments.removeAll { $0.coverage.overlaps(segment.coverage) }
    lost.removeAll { $0.overlaps(segment.coverage) }
    segments.append(segment)
    use(segments.count - 1)
  }

  /// Keeps the `limit` segments that were used last.
  mutating func limitSegments(to limit: Int) {
    guard segments.count > limit else { return }
    let decided = segments.filter { $0.firstUndecided == nil }.sorted { $0.lastUse < $1.lastUse }
    for oldest in decided.prefix(segments.count - limit) {
      segments.removeAll { $0.coverage == oldest.coverage }
    }
  }

  private mutating func use(_ index: Int) {
    uses += 1
    segments[index].lastUse = uses
  }

  /// Places new detections.
  ///
  /// An incident may reach over several stretches. When one of them changes it, the others are out
  /// of date and dropped, and what was for them stays in `unplaced` until they are loaded again.
  mutating func apply(
    _ detections: [Detection], _ family: CorrelationFamily, _ clock: CorrelationClock,
    _ count: inout CorrelationStatistics, age: () -> Int64
  ) -> [IncidentAction] {
    var parts: [[Detection]] = Array(repeating: [], count: segments.count)
    for detection in unplaced + detections {
      let ts = detection.ts.microseconds
      if let index = segments.firstIndex(where: { $0.reaches(ts, span: family.span) }) {
        parts[index].append(detection)
      } else {
        count.tooOld += 1
      }
    }
    unplaced = []
    var actions: [IncidentAction] = []
    var stale: Set<Int> = []
    for (index, part) in parts.enumerated() where !part.isEmpty {
      guard !stale.contains(index) else {
        unplaced += part
        continue
      }
      use(index)
      let new = segments[index].apply(
        part, FamilyBatch(family), family, clock, &count, mode: .live, age: age)
      let changed = Set(new.map(\.incident))
      for other in segments.indices where other != index && !changed.isEmpty {
        if segments[other].knows(changed) { stale.insert(other) }
      }
      actions += new
    }
    for index in stale.sorted(by: >) {
      if segments[index].firstUndecided != nil { lost.append(segments[index].coverage) }
      segments.remove(at: index)
    }
    return actions
  }

  mutating func settle(
    _ family: CorrelationFamily, _ clock: CorrelationClock, age: () -> Int64
  ) -> [IncidentAction] {
    segments.indices.flatMap { segments[$0].settle(family, clock, age: age) }
  }

  /// Forgets what no event can ask for that is late by no more than `lateness`.
  mutating func trim(_ family: CorrelationFamily, lateness: Int64) {
    let reach = family.span.adding(family.span).adding(lateness)
    for index in segments.indices {
      var needed = segments[index].newest.adding(-reach)
      if let open = segments[index].firstUndecided { needed = min(needed, open.adding(-reach)) }
      _ = segments[index].forget(before: needed, family, saturated: false)
    }
  }

  mutating func dropOldSegments() {
    segments.removeAll { $0.coverage.upperBound != .max && $0.firstUndecided == nil }
  }

  /// Forgets the older half of its events.
  ///
  /// - Returns: how many went.
  mutating func forgetHalf(_ family: CorrelationFamily) -> Int {
    segments.indices.reduce(0) { sum, index in
      guard let half = segments[index].quantile(0.5) else { return sum }
      return sum + segments[index].forget(before: half.adding(1), family, saturated: true)
    }
  }
}
