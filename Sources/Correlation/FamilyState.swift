internal import Core

/// A family's memory: stretches of event time, most often one that reaches to now.
struct FamilyState: Sendable {
  private(set) var segments: [Segment] = []
  private var uses: UInt64 = 0

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
    var wanted: [ClosedRange<Int64>] = []
    for ts in detections.map(\.ts.microseconds).sorted()
    where !segments.contains(where: { $0.reaches(ts, span: span) }) {
      if let last = wanted.last, last.contains(ts.adding(-reach)) {
        wanted[wanted.count - 1] = last.lowerBound...ts.adding(reach).adding(slack)
      } else {
        wanted.append(ts.adding(-reach).adding(-slack)...ts.adding(reach).adding(slack))
      }
    }
    return joined(wanted.map { $0.upperBound >= now ? $0.lowerBound...Int64.max : $0 })
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

  mutating func add(_ segment: Segment, limit: Int) {
    segments.removeAll { $0.coverage.overlaps(segment.coverage) }
    segments.append(segment)
    use(segments.count - 1)
    while segments.count > limit {
      guard let oldest = segments.indices.min(by: { segments[$0].lastUse < segments[$1].lastUse })
      else { return }
      segments.remove(at: oldest)
    }
  }

  private mutating func use(_ index: Int) {
    uses += 1
    segments[index].lastUse = uses
  }

  mutating func apply(
    _ detections: [Detection], _ family: CorrelationFamily, _ clock: CorrelationClock,
    _ count: inout CorrelationStatistics, age: () -> Int64
  ) -> [IncidentAction] {
    var rest = detections
    var actions: [IncidentAction] = []
    var index = 0
    while index < segments.count, !rest.isEmpty {
      let mine = rest.filter { segments[index].reaches($0.ts.microseconds, span: family.span) }
      if !mine.isEmpty {
        let segment = segments[index]
        rest.removeAll { segment.reaches($0.ts.microseconds, span: family.span) }
        use(index)
        let new = segments[index].apply(
          mine, FamilyBatch(family), family, clock, &count, mode: .live, age: age)
        actions += new
        if forgetOthers(than: index, knowing: new) { index = segments.count - 1 }
      }
      index += 1
    }
    precondition(rest.isEmpty, "detections were applied before their history was loaded")
    return actions
  }

  /// Drops the other segments that know an incident that has changed.
  ///
  /// - Returns: whether any was dropped; the segment at `index` is then the last.
  private mutating func forgetOthers(than index: Int, knowing actions: [IncidentAction]) -> Bool {
    guard segments.count > 1, !actions.isEmpty else { return false }
    let changed = Set(actions.map(\.incident))
    let stale = segments.indices.filter { $0 != index && segments[$0].knows(changed) }
    guard !stale.isEmpty else { return false }
    for other in stale.reversed() { segments.remove(at: other) }
    return true
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
      let needed = segments[index].newest.adding(-reach)
      _ = segments[index].forget(before: needed, family, saturated: false)
    }
  }

  mutating func dropOldSegments() {
    segments.removeAll { $0.coverage.upperBound != .max }
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
