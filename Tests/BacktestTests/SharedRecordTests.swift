import Core
import EventScanner
import EventStore
import Normalization
import Sigma
import Testing

@testable import Backtest

@Suite(.enabled(if: SharedRecords.isPresent, "shared data is absent"))
struct SharedRecordTests {
  private static let receivedAt = Timestamp("2026-11-21T12:00:00Z")!

  /// Records as ingestion stores them, with what rules saw when they came.
  private static func store(
    _ name: String, step: Int
  ) throws -> [(record: EventRecord, event: NormalizedEvent)] {
    var normalizer = Normalizer()
    var tape = JSONTape()
    return try SharedRecords.records(name, step: step).enumerated().compactMap { number, raw in
      var event = NormalizedEvent()
      try JSONScanner().scanRecord(raw.span.bytes, into: &tape)
      do throws(NormalizationError) {
        try normalizer.normalize(raw.span.bytes, tape: tape, receivedAt: receivedAt, into: &event)
      } catch {
        return nil
      }
      let ts = event.columns.ts ?? receivedAt
      let record = EventRecord(
        id: EventID(timestamp: ts, entropy: (0, UInt64(number))), ts: ts, receivedAt: receivedAt,
        sourceType: event.columns.sourceType, raw: raw)
      return (record, event)
    }
  }

  private static func fields(_ event: EventFields) -> [String] {
    event.entries.map { "\(event.name(of: $0))=\($0.kind)=\(event.value(of: $0))" }
  }

  @Test(arguments: [("evtx", 7), ("cloud", 2)])
  func recordsAreReadAgainAsTheyWereWhenTheyCame(name: String, step: Int) throws {
    var reader = RecordReader(mappings: .builtIn)
    var again = NormalizedEvent()
    let stored = try Self.store(name, step: step)
    #expect(stored.count > 1000)
    for (record, event) in stored {
      try reader.read(record, into: &again)
      #expect(again.columns == event.columns)
      #expect(again.fields.logSources == event.fields.logSources)
      #expect(Self.fields(again.fields) == Self.fields(event.fields))
    }
  }

  @Test(arguments: [
    ("evtx", 400, "rules/windows/builtin"), ("cloud", 40, "rules/cloud/aws"),
  ])
  func explanationsAgreeWithTheMatcher(name: String, step: Int, path: String) throws {
    let rules = try SharedRecords.rules(path)
    let matcher = Matcher(rules: rules.rules, aliases: FieldAliases.table)
    var scratch = matcher.makeScratch()
    let explainer = RuleExplainer(aliases: FieldAliases.table)
    var matches = 0
    var nearMisses = 0
    for (_, event) in try Self.store(name, step: step) {
      let matched = matcher.match(event.fields, scratch: &scratch)
      let flat = NaiveEvent(event.fields)
      for (index, rule) in rules.rules.enumerated() {
        let inspection = explainer.inspect(rule, flat)
        #expect(inspection.matches == matched.contains(index), "\(rule.id)")
        #expect(inspection.failures.isEmpty == inspection.conditionHolds)
        if inspection.matches {
          matches += 1
          let told = explainer.explain(rule, flat)
          #expect(told.searches.map(\.holds) == inspection.searches.map(\.holds))
        } else if inspection.logSource.fits {
          nearMisses += 1
          Self.expectFailuresToBeShown(inspection)
        }
      }
    }
    print("\(name): \(matches) matches, \(nearMisses) near misses of \(rules.rules.count) rules")
    #expect(nearMisses > 0)
  }

  /// A search that would have to hold shows a line that does not, and the other way round.
  private static func expectFailuresToBeShown(_ inspection: RuleInspection) {
    #expect(!inspection.failures.isEmpty)
    for failure in inspection.failures {
      let search = inspection.searches.first { $0.identifier == failure.search }
      #expect(search?.holds == !failure.wanted)
      #expect(search?.items.contains { $0.holds != failure.wanted } == true)
    }
  }

  @Test func storedRecordsGiveTheSameAsTheirFiles() async throws {
    let stored = try Self.store("evtx", step: 12)
    let rules = try BacktestRules(SharedRecords.rules("rules/windows/builtin/security"))
    let times = stored.map(\.record.ts)
    let from = try #require(times.min())
    let to = try #require(times.max()).advanced(byMicroseconds: 1)
    let events = try await StoredEvents(stored.map(\.record))
    let report = try await Backtest(records: events.records).run(
      BacktestRequest(
        range: EventRecordRange(organization: StoredEvents.organization, from: from, to: to),
        candidate: rules, limits: BacktestLimits(incidents: 10_000, days: 10_000)))
    #expect(report.eventsRead == stored.count)
    #expect(report.isComplete)
    let matcher = Matcher(rules: rules.set.rules, aliases: FieldAliases.table)
    var scratch = matcher.makeScratch()
    let expected = stored.reduce(0) {
      $0 + matcher.match($1.event.fields, scratch: &scratch).count
    }
    #expect(report.detections == expected)
    #expect(report.detections > 0)
  }
}
