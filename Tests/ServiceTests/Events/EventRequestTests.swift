import Core
import EventSearch
import EventStore
import Testing

@testable import Service

@Suite struct EventRequestTests {
  private static let now = Timestamp("2026-11-21T05:30:00Z")!

  private static func selection(_ query: String) throws(Problem) -> EventSelection {
    let names = EventParameters.endpoint.map(\.name)
    return try EventSelection(
      QueryReader(query, allowing: names), organization: OrganizationID(1), now: now)
  }

  private static func query(_ text: String) throws -> EventQuery {
    try ParsedEventQuery(text).query
  }

  @Test func withoutARangeItIsTheLastDay() throws {
    let filter = try Self.selection("").filter
    #expect(filter.from == Timestamp("2026-11-20T05:30:00Z"))
    #expect(filter.to == Timestamp("2026-11-21T05:35:00Z"))
    #expect(filter.query == nil)
  }

  @Test(arguments: [
    ("severity=7..", "severity:7..10"), ("severity=1,2,7", "severity:(1 or 2 or 7)"),
    ("event.severity=3..6", "severity:3..6"), ("source_type=a,b", "source_type:(a or b)"),
    ("event.dataset=a", "source_type:a"), ("source.ip=10.0.0.0/8", "src_ip:10.0.0.0/8"),
    ("src_ip=10.0.0.1,2001:db8::1", "src_ip:(10.0.0.1 or 2001:db8::1)"),
    ("destination.port=22,8000..8999", "dst_port:(22 or 8000..8999)"),
    ("user=a*", "user:\"a*\""), ("user.name=a&user=b", "user:b user:a"),
    (
      "network.transport=tcp&process=x&action=y&outcome=z",
      "protocol:tcp process:x action:y outcome:z"
    ),
    ("user=root&q=a%20or%20b", "user:root (a or b)"), ("user=a,a", "user:a"),
  ])
  func parametersAreQueries(parameters: String, text: String) throws {
    let (found, wanted) = (try Self.selection(parameters).filter.query, try Self.query(text))
    #expect(found == wanted)
  }

  @Test(arguments: [
    "severity=11", "severity=high", "severity=6..3", "severity=..", "severity=", "severity=1,,2",
    "src_port=65536",
    "src_ip=nowhere", "src_ip=10.0.0.1,", "q=", "q=usr:root", "q=(", "user=,", "colour=red",
    "from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "from=yesterday", "user=a&user=b",
  ])
  func whatCannotBeReadIsRefused(parameters: String) {
    let problem = #expect(throws: Problem.self) { try Self.selection(parameters) }
    #expect(problem?.status == 400)
  }

  @Test func aQueryThatCannotBeReadSaysWhereAndWhatThereIs() throws {
    let problem = #expect(throws: Problem.self) { try Self.selection("q=user:root+usr:x") }
    #expect(
      problem?.detail.hasPrefix("q at character 11: usr is no field; fields are id, ts") == true)
    let other = #expect(throws: Problem.self) { try Self.selection("q=user:root+(") }
    #expect(other?.detail.contains("q at character 12") == true)
    #expect(other?.detail.contains("fields are id, ts") == true)
  }

  @Test func patternsThatBeginWithAStarNeedADay() throws {
    _ = try Self.selection("q=host:*-db")
    _ = try Self.selection("q=host:db-*&from=2026-01-01T00:00:00Z")
    let problem = #expect(throws: Problem.self) {
      try Self.selection("q=user:x+host:*-db&from=2026-11-01T00:00:00Z")
    }
    #expect(problem?.detail.contains("at character 13") == true)
  }

  @Test func barsOfAHistogramAreCounted() throws {
    let from = try #require(Timestamp("2026-11-21T05:30:00Z"))
    let hour = from.advanced(byMicroseconds: 3_600_000_000)
    #expect(HistogramInterval.oneHour.buckets(from: from, to: hour) == 2)
    #expect(HistogramInterval.oneMinute.buckets(from: from, to: hour) == 60)
    #expect(HistogramInterval.oneDay.buckets(from: from, to: hour) == 1)
    #expect(
      HistogramInterval.oneHour.buckets(
        from: Timestamp(microseconds: -1), to: Timestamp(microseconds: 1)) == 2)
  }

  @Test func aHistogramChoosesAComfortableInterval() throws {
    func interval(_ query: String) throws(Problem) -> HistogramInterval {
      let names = EventHistogramRequest.parameters.map(\.name)
      return try EventHistogramRequest(
        QueryReader(query, allowing: names), organization: OrganizationID(1), now: Self.now
      ).interval
    }
    #expect(try interval("") == .tenMinutes)
    #expect(try interval("from=2026-11-21T05:00:00Z") == .oneMinute)
    #expect(try interval("from=2026-08-21T05:00:00Z") == .twelveHours)
    #expect(try interval("interval=1h") == .oneHour)
    for query in [
      "interval=1m&from=2026-11-01T00:00:00Z", "interval=7m", "from=1990-01-01T00:00:00Z",
    ] {
      #expect(throws: Problem.self) { try interval(query) }
    }
  }
}
