import Core
import Testing

@testable import Service

private enum Status: String, CaseIterable { case open, resolved }

@Suite struct QueryReaderTests {
  private let names = ["from", "limit", "status", "q", "src_ip", "raw"]

  private func reader(_ query: String?) throws(Problem) -> QueryReader {
    try QueryReader(query, allowing: names)
  }

  private func fault(_ query: String, _ body: (QueryReader) throws -> Void) throws -> String? {
    let problem = try #require(throws: Problem.self) { try body(try reader(query)) }
    #expect(problem.slug == "invalid_parameter")
    #expect(problem.status == 400)
    #expect(problem.errors.count == 1)
    return problem.errors.first?.pointer
  }

  @Test(arguments: [nil, "", "&", "&&"])
  func noneAreGiven(query: String?) throws {
    let reader = try reader(query)
    #expect(!reader.has("q"))
    #expect(try reader.string("q") == nil)
    #expect(try reader.int("limit", in: 1...5) == nil)
    #expect(try reader.bool("raw") == nil)
    #expect(try reader.time("from") == nil)
    #expect(try reader.address("src_ip") == nil)
    #expect(try reader.choices("status", of: Status.self) == nil)
  }

  @Test func unknownNamesAreRefusedWithTheAllowedOnes() throws {
    let problem = try #require(throws: Problem.self) { try reader("q=1&serverity=8&Limit=3") }
    #expect(problem.status == 400)
    #expect(problem.slug == "unknown_parameter")
    #expect(problem.errors.map(\.pointer) == ["serverity", "Limit"])
    #expect(problem.detail.contains("from, limit, status, q, src_ip, raw"))
    let none = try #require(throws: Problem.self) { try QueryReader("a=1", allowing: []) }
    #expect(none.detail.contains("takes no parameters"))
  }

  @Test func duplicatesAreRefused() throws {
    for query in ["q=1&q=1", "q=1&limit=2&%71=3"] {
      let problem = try #require(throws: Problem.self) { try reader(query) }
      #expect(problem.slug == "duplicate_parameter")
      #expect(problem.errors.map(\.pointer) == ["q"])
    }
  }

  @Test(arguments: ["q=%", "q=%4", "q=%zz", "q=%ff", "q=%00", "q=%C3%28", "%q=1"])
  func brokenEscapesAreRefused(query: String) throws {
    let problem = try #require(throws: Problem.self) { try reader(query) }
    #expect(problem.slug == "malformed_query")
  }

  @Test func aQueryHasALength() throws {
    let problem = try #require(throws: Problem.self) {
      try reader("q=" + String(repeating: "a", count: 8192))
    }
    #expect(problem.slug == "malformed_query")
  }

  @Test(arguments: [
    ("q=a%20b", "a b"), ("q=a+b", "a b"), ("q=a%2Bb", "a+b"), ("q=a=b", "a=b"), ("q=%C3%A4", "ä"),
    ("q=%61", "a"), ("q=a%26b", "a&b"), ("q=ä", "ä"),
  ])
  func escapesAreResolved(query: String, value: String) throws {
    #expect(try reader(query).string("q") == value)
  }

  @Test func anEmptyOrOverlongValueIsRefused() throws {
    #expect(try fault("q=") { _ = try $0.string("q") } == "q")
    #expect(try fault("q") { _ = try $0.string("q") } == "q")
    #expect(try fault("q=aaa") { _ = try $0.string("q", maximumBytes: 2) } == "q")
  }

  @Test func numbers() throws {
    #expect(try reader("limit=0").int("limit", in: 0...1000) == 0)
    #expect(try reader("limit=-5").int("limit", in: -5...5) == -5)
    for text in [
      "1001", "-1", "1e2", "1.0", "0x1", "%201", "abc", "+1", "--1", "-", "99999999999999999999",
      "١",
    ] {
      #expect(
        try fault("limit=\(text)") { _ = try $0.int("limit", in: 0...1000) } == "limit", "\(text)")
    }
  }

  @Test func truths() throws {
    #expect(try reader("raw=true").bool("raw") == true)
    #expect(try reader("raw=0").bool("raw") == false)
    for text in ["True", "yes", "2"] {
      #expect(try fault("raw=\(text)") { _ = try $0.bool("raw") } == "raw")
    }
  }

  @Test func times() throws {
    let expected = Timestamp("2026-11-21T05:30:00Z")
    for text in [
      "2026-11-21T05:30:00Z", "2026-11-21T06:30:00%2B01:00", "2026-11-21T06:30:00+01:00",
      "2026-11-21T06:30:00+0100", "2026-11-21%2005:30:00", "2026-11-21+06:30:00+01:00",
    ] {
      #expect(try reader("from=\(text)").time("from") == expected, "\(text)")
    }
    for text in ["now", "2026-11-21", "1763703000", "2026-13-01T00:00:00Z"] {
      #expect(try fault("from=\(text)") { _ = try $0.time("from") } == "from", "\(text)")
    }
  }

  @Test func addresses() throws {
    #expect(try reader("src_ip=192.0.2.1").address("src_ip") == IPAddress("192.0.2.1"))
    #expect(try reader("src_ip=2001:db8::1").address("src_ip") == IPAddress("2001:db8::1"))
    #expect(try fault("src_ip=192.0.2") { _ = try $0.address("src_ip") } == "src_ip")
  }

  @Test func choices() throws {
    #expect(try reader("status=open").choice("status", of: Status.self) == .open)
    #expect(
      try reader("status=resolved,open").choices("status", of: Status.self) == [.resolved, .open])
    #expect(
      try fault("status=opne") { _ = try $0.choice("status", of: Status.self) } == "status")
    for text in ["open,", ",open", "open,closed", "open, resolved"] {
      #expect(
        try fault("status=\(text)") { _ = try $0.choices("status", of: Status.self) } == "status")
    }
    #expect(try reader("status=open,open").choices("status", of: Status.self) == [.open])
    #expect(try fault("q=a,b,c") { _ = try $0.list("q", maximumCount: 2) } == "q")
  }
}
