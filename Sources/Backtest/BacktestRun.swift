internal import Core
internal import Correlation
internal import EventStore
internal import Normalization

/// The state of one test: takes records in the order of time and says in the end what came of them.
/// It does no I/O.
struct BacktestRun {
  let request: BacktestRequest
  private var candidate: RuleTrial
  private var baseline: RuleTrial?
  private var reader: RecordReader
  /// Memory of the events that are normalized and matched together.
  private var events: [NormalizedEvent]
  private var sources = EntityCounter()
  private var users = EntityCounter()
  private var hosts = EntityCounter()
  private var days: [BacktestReport.Day] = []
  private var matchedInBoth = 0
  private var gained = SampledEvents()
  private var lost = SampledEvents()
  private var normalizing: Int64 = 0
  private(set) var read = 0
  private var matched = 0
  private var unreadable = 0
  private var bytes = 0
  /// The time of the last event that was read.
  private(set) var last: Timestamp?
  private(set) var cut: BacktestReport.Cut?

  /// So many events are normalized, and then matched, that asking for the CPU time costs nothing.
  static let chunk = 64

  init(_ request: BacktestRequest, mappings: MappingCatalog = .builtIn) {
    self.request = request
    reader = RecordReader(mappings: mappings)
    candidate = RuleTrial(request.candidate)
    baseline = request.baseline.map { RuleTrial($0) }
    events = Array(repeating: NormalizedEvent(), count: Self.chunk)
  }

  var detections: Int { candidate.reportedCount }

  /// The limit that keeps the next page from being read.
  func exhausted(after elapsed: Duration) -> BacktestReport.Cut? {
    if let cut { return cut }
    if read >= request.limits.events { return .events }
    if bytes >= request.limits.bytes { return .bytes }
    if elapsed >= request.limits.wallTime { return .wallTime }
    return nil
  }

  mutating func end(for cut: BacktestReport.Cut) {
    self.cut = cut
  }

  /// Takes at most `chunk` records that follow on those before.
  mutating func add(_ records: ArraySlice<EventRecord>) {
    precondition(records.count <= Self.chunk)
    let taken = normalize(records)
    let found = candidate.match(events[..<taken.count])
    let before = baseline?.match(events[..<taken.count])
    var next = 0
    for record in records {
      guard candidate.hasRoom(request.limits), baseline?.hasRoom(request.limits) ?? true else {
        cut = .detections
        return
      }
      note(record)
      guard next < taken.count, taken[next].id == record.id, taken[next].ts == record.ts else {
        unreadable += 1
        continue
      }
      keep(record, events[next], found[next], before?[next])
      next += 1
    }
  }

  /// Fills `events`; returns the records of which that could be done.
  private mutating func normalize(_ records: ArraySlice<EventRecord>) -> [EventRecord] {
    let start = ThreadClock.now
    defer { normalizing += ThreadClock.now - start }
    var taken: [EventRecord] = []
    taken.reserveCapacity(records.count)
    for record in records {
      do throws(BacktestError) {
        try reader.read(record, into: &events[taken.count])
        taken.append(record)
      } catch {
        // Counted where the record is not among those that are returned.
        continue
      }
    }
    return taken
  }

  private mutating func note(_ record: EventRecord) {
    read += 1
    bytes += record.raw.count
    last = record.ts
    if days.last?.date != record.ts.date { days.append(BacktestReport.Day(date: record.ts.date)) }
    days[days.count - 1].events += 1
  }

  private mutating func keep(
    _ record: EventRecord, _ event: NormalizedEvent, _ found: [Int], _ before: [Int]?
  ) {
    let count = candidate.keep(found, event, record)
    if let before {
      let countBefore = baseline?.keep(before, event, record) ?? 0
      if count > 0, countBefore > 0 { matchedInBoth += 1 }
      if count > 0, countBefore == 0 { gained.add(record.id, upTo: request.limits.samples) }
      if count == 0, countBefore > 0 { lost.add(record.id, upTo: request.limits.samples) }
    }
    guard count > 0 else { return }
    matched += 1
    days[days.count - 1].detections += count
    for _ in 0..<count {
      if let address = event.columns.srcIP { sources.add(address.description) }
      if let user = event.columns.user { users.add(user) }
      if let host = event.columns.host { hosts.add(host) }
    }
  }

  /// Correlates what was kept.
  func report(elapsed: () -> Duration) throws -> BacktestReport {
    let limits = request.limits
    let end = last ?? request.range.from
    let incidents = candidate.incidents(until: end, samples: limits.samples)
    try Task.checkCancellation()
    let comparison = baseline.map { self.comparison(of: incidents, with: $0, until: end) }
    try Task.checkCancellation()
    var days = self.days
    for incident in incidents {
      if let day = days.firstIndex(where: { $0.date == incident.firstFire.ts.date }) {
        days[day].incidents += 1
      }
    }
    let perEvent = { (nanoseconds: Int64) in read > 0 ? nanoseconds / Int64(read) : 0 }
    return BacktestReport(
      range: request.range, cut: cut, through: cut == nil ? request.range.to : end,
      version: request.candidate.version, eventsRead: read, eventsMatched: matched,
      eventsUnreadable: unreadable, bytesRead: bytes, detections: candidate.reportedCount,
      detectionsWithoutGroup: candidate.withoutGroup, rules: candidate.ruleCounts, days: days,
      tops: [top("src_ip", sources), top("user", users), top("host", hosts)],
      raises: request.candidate.raises, incidentCount: incidents.count,
      incidents: Array(incidents.prefix(limits.incidents)), comparison: comparison,
      cost: BacktestReport.Cost(
        elapsed: elapsed(), normalizing: perEvent(normalizing),
        matching: perEvent(candidate.nanoseconds),
        baselineMatching: baseline.map { perEvent($0.nanoseconds) }))
  }

  private func top(_ column: String, _ counter: EntityCounter) -> BacktestReport.Top {
    BacktestReport.Top(
      column: column,
      entries: counter.top(10).map { .init(value: $0.value, count: $0.count) },
      error: counter.error)
  }

  private func comparison(
    of incidents: [BacktestIncident], with baseline: RuleTrial, until end: Timestamp
  ) -> BacktestReport.Comparison {
    let limits = request.limits
    let before = baseline.incidents(until: end, samples: limits.samples)
    let difference = IncidentComparison(candidate: incidents, baseline: before)
    return BacktestReport.Comparison(
      version: baseline.rules.version, detections: baseline.reportedCount, incidents: before.count,
      eventsInBoth: matchedInBoth, eventsGained: gained.count, eventsLost: lost.count,
      gainedEvents: gained.samples, lostEvents: lost.samples,
      gainedCount: difference.gained.count, lostCount: difference.lost.count,
      keptCount: difference.kept.count,
      gained: difference.gained.prefix(limits.incidents).map { incidents[$0] },
      lost: difference.lost.prefix(limits.incidents).map { before[$0] },
      kept: difference.kept.prefix(limits.incidents).map {
        .init(candidate: incidents[$0.candidate], baseline: before[$0.baseline])
      })
  }
}

/// How many events, and the first of them.
private struct SampledEvents {
  private(set) var count = 0
  private(set) var samples: [EventID] = []

  mutating func add(_ id: EventID, upTo limit: Int) {
    count += 1
    if samples.count < limit { samples.append(id) }
  }
}
