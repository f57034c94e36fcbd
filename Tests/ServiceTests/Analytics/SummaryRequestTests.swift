import AnalyticsStore
import Core
import Testing

@testable import Service

@Suite struct SummaryRequestTests {
  private let now = Timestamp("2026-11-21T05:30:00Z")!

  private func request(
    _ query: String?, interval: SummaryRange.Interval? = nil
  ) throws -> SummaryRequest {
    let reader = try QueryReader(query, allowing: ["from", "to", "interval"])
    return try SummaryRequest(reader, now: now, interval: interval)
  }

  @Test func withoutARangeItIsTheLastDayByHours() throws {
    let range = try request(nil).range
    #expect(range.from.description == "2026-11-20T05:00:00.000000Z")
    #expect(range.to.description == "2026-11-21T06:00:00.000000Z")
    #expect(range.interval == .hour)
  }

  @Test func longRangesAreShownByDays() throws {
    #expect(try request("from=2026-11-17T00:00:00Z").range.interval == .day)
    #expect(try request("from=2026-11-19T00:00:00Z").range.interval == .hour)
    #expect(try request("from=2026-11-01T00:00:00Z&interval=hour").range.interval == .hour)
    #expect(try request("from=2026-11-20T00:00:00Z", interval: .day).range.interval == .day)
  }

  @Test(arguments: [
    "from=2026-11-22T00:00:00Z", "from=2026-11-20T00:00:00Z&to=2026-11-20T00:00:00Z",
    "from=2024-11-20T00:00:00Z", "from=2026-10-01T00:00:00Z&interval=hour", "interval=week",
    "to=never",
  ])
  func rangesThatAreNone(query: String) throws {
    let problem = try #require(throws: Problem.self) { try request(query) }
    #expect(problem.slug == "invalid_parameter" && problem.status == 400)
  }

  @Test func theSameRangeHasTheSameText() throws {
    #expect(try request(nil).canonical == request("interval=hour").canonical)
    #expect(try request(nil).canonical != request("interval=day").canonical)
    #expect(
      try request("from=2026-11-20T00:00:00Z").canonical
        != request("to=2026-11-20T00:00:00Z").canonical)
  }
}
