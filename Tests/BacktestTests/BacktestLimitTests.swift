import Core
import EventStore
import Postgres
import TestServers
import Testing

@testable import Backtest

@Suite struct BacktestLimitTests {
  static let story = Story.records(600)

  private static func run(
    _ stored: StoredEvents, _ limits: BacktestLimits
  ) async throws -> BacktestReport {
    try await Backtest(records: stored.records).run(
      BacktestRequest(
        range: stored.range(), candidate: try Story.everything(), limits: limits))
  }

  @Test func eventsAreBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(
      stored, BacktestLimits(events: 250, incidents: 1000, pageEvents: 100))
    #expect(!report.isComplete)
    #expect(report.cut == .events)
    #expect(report.eventsRead == 250)
    #expect(report.through == Self.story[249].ts)
    // What is told is what these events alone give.
    let expected = try FileRun(try Story.everything(), Array(Self.story.prefix(250)))
    #expect(report.incidents.map { FileRun.Incident($0) } == expected.incidents)
    #expect(report.json.contains(#""complete":false,"cut_by":"events""#))
  }

  @Test func exactlyAsManyEventsAsMayBeReadAreAll() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(stored, BacktestLimits(events: 600, pageEvents: 200))
    #expect(report.isComplete)
    #expect(report.eventsRead == 600)
  }

  @Test func detectionsAreBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(stored, BacktestLimits(detections: 100))
    #expect(report.cut == .detections)
    #expect(report.detections == 100)
    #expect(report.eventsRead < 200)
    #expect(report.through == Self.story[report.eventsRead - 1].ts)
  }

  @Test func whatDetectionsHoldIsBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(stored, BacktestLimits(detectionBytes: 20_000))
    #expect(report.cut == .detections)
    #expect((20...80).contains(report.detections))
  }

  @Test func bytesAreBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(stored, BacktestLimits(bytes: 10_000, pageBytes: 3000))
    #expect(report.cut == .bytes)
    #expect((10_000..<13_500).contains(report.bytesRead))
  }

  @Test func wallTimeIsBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let report = try await Self.run(stored, BacktestLimits(wallTime: .nanoseconds(1)))
    #expect(report.cut == .wallTime)
    #expect(report.eventsRead == 0)
    #expect(report.through == report.range.from)
  }

  @Test func aPageThatTakesTooLongEndsTheTest() async throws {
    let stored = try await StoredEvents(Self.story)
    let connection = try await stored.database.connect()
    try await connection.executeScript("begin; lock table events in access exclusive mode")
    let report = try await Self.run(stored, BacktestLimits(statementTime: .milliseconds(20)))
    await connection.close()
    #expect(report.cut == .statementTime)
    #expect(report.eventsRead == 0)
    // The connection that was interrupted is whole.
    #expect(try await Self.run(stored, BacktestLimits()).eventsRead == 600)
  }

  @Test func incidentsThatAreNamedAreBounded() async throws {
    let stored = try await StoredEvents(Self.story)
    let all = try await Self.run(stored, BacktestLimits())
    let few = try await Self.run(stored, BacktestLimits(incidents: 2, samples: 1))
    #expect(few.incidentCount == all.incidentCount)
    #expect(few.incidents.map(\.firstFire) == all.incidents.prefix(2).map(\.firstFire))
    #expect(few.incidents.allSatisfy { $0.samples.count == 1 })
  }

  @Test func aCancelledTestEndsWithThePageAtHand() async throws {
    let stored = try await StoredEvents(Self.story)
    let pages = Pages()
    let backtest = Backtest(records: stored.records, progressInterval: .zero)
    let request = BacktestRequest(
      range: stored.range(), candidate: try Story.everything(),
      limits: BacktestLimits(pageEvents: 10))
    let task = Task {
      try await backtest.run(request) { progress in
        await pages.note(progress)
        if progress.events == 20 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(await pages.noted.map(\.events) == [10, 20])
    #expect(await pages.noted.map(\.estimated) == [600, 600])
    #expect(try await backtest.run(request).eventsRead == 600)
  }

  @Test func aReaderThatFailsEndsTheTest() async throws {
    struct Gone: Error {}
    let stored = try await StoredEvents(Self.story)
    let backtest = Backtest(records: stored.records, progressInterval: .zero)
    let request = BacktestRequest(
      range: stored.range(), candidate: try Story.everything(),
      limits: BacktestLimits(pageEvents: 10))
    await #expect(throws: Gone.self) {
      try await backtest.run(request) { _ in throw Gone() }
    }
  }

  private actor Pages {
    var noted: [BacktestProgress] = []
    func note(_ progress: BacktestProgress) { noted.append(progress) }
  }
}
