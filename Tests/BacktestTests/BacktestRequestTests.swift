import Core
import EventStore
import Sigma
import Testing

@testable import Backtest

@Suite struct BacktestRequestTests {
  private static func code(
    from: Timestamp, to: Timestamp, sourceType: String? = nil,
    limits: BacktestLimits = BacktestLimits()
  ) throws -> BacktestError.Code? {
    let request = BacktestRequest(
      range: EventRecordRange(
        organization: OrganizationID(1), from: from, to: to, sourceType: sourceType),
      candidate: try Story.everything(), limits: limits)
    do throws(BacktestError) {
      try request.validate()
      return nil
    } catch {
      return error.code
    }
  }

  private static func at(_ microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds)
  }

  @Test func hostileRangesAreRefused() throws {
    let start = StoredEvents.start
    let day = Timestamp.microsecondsPerDay
    #expect(try Self.code(from: start, to: start) == .range)
    #expect(try Self.code(from: start, to: start.advanced(byMicroseconds: -1)) == .range)
    #expect(try Self.code(from: Self.at(.min), to: Self.at(.max)) == .range)
    #expect(try Self.code(from: .earliest, to: .latest) == .range)
    #expect(try Self.code(from: start, to: Self.at(.max)) == .range)
    #expect(try Self.code(from: Self.at(.min), to: start) == .range)
    #expect(try Self.code(from: start, to: start.advanced(byMicroseconds: 400 * day + 1)) == .range)
    #expect(try Self.code(from: start, to: start.advanced(byMicroseconds: 400 * day)) == nil)
    #expect(
      try Self.code(from: start, to: start.advanced(byMicroseconds: 1), sourceType: "a\0") == .range
    )
  }

  @Test func aLimitOfAnySizeIsNoOverflow() throws {
    #expect(
      try Self.code(from: .earliest, to: .latest, limits: BacktestLimits(days: .max)) == nil)
  }

  @Test func limitsMustBePositive() throws {
    let start = StoredEvents.start
    let end = start.advanced(byMicroseconds: 1)
    #expect(try Self.code(from: start, to: end, limits: BacktestLimits(events: 0)) == .limit)
    #expect(try Self.code(from: start, to: end, limits: BacktestLimits(pageBytes: -1)) == .limit)
    #expect(try Self.code(from: start, to: end, limits: BacktestLimits(wallTime: .zero)) == .limit)
  }

  @Test func theRangeOfAllTimesIsReadToItsEnd() async throws {
    let stored = try await StoredEvents(Array(Story.records(30)))
    let report = try await Backtest(records: stored.records).run(
      BacktestRequest(
        range: EventRecordRange(
          organization: StoredEvents.organization, from: .earliest, to: .latest),
        candidate: try Story.everything(), limits: BacktestLimits(days: .max)))
    #expect(report.isComplete)
    #expect(report.eventsRead == 30)
  }

  @Test func rulesThatCannotRunAreRefusedWithTheirReasons() throws {
    func refusal(_ yaml: [String], subjects: Set<String>? = nil) -> BacktestError? {
      do throws(BacktestError) {
        _ = try BacktestRules(yaml: yaml, subjects: subjects)
        return nil
      } catch {
        return error
      }
    }
    let orphan = try #require(refusal([Story.bruteForce(5)]))
    #expect(orphan.code == .refused)
    #expect(orphan.refusals.map(\.code) == [.unknownReference])
    let broken = try #require(refusal([Story.login, "title: [", Story.beacon]))
    #expect(broken.refusals.map(\.file) == ["rule 2"])
    #expect(refusal([Story.login], subjects: ["elsewhere"])?.code == .unknownRule)
    #expect(refusal([])?.code == .unknownRule)
    #expect(refusal([Story.login, Story.bruteForce(5)]) == nil)
  }
}
