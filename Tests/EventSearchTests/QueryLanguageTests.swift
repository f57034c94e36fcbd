import Core
import EventSearch
import Testing

@Suite struct QueryLanguageTests {
  private static func parse(_ text: String) throws -> EventQuery {
    try ParsedEventQuery(text).query
  }

  private static func message(_ text: String) -> EventQuery { .test(.message, .contains(text)) }
  private static func user(_ text: String) -> EventQuery { .test(.user, .equals(text)) }

  @Test func wordsAndPhrasesAreSearchedInTheMessage() throws {
    #expect(try Self.parse("failed") == Self.message("failed"))
    #expect(try Self.parse("\"Failed password\"") == Self.message("Failed password"))
    #expect(
      try Self.parse("failed password")
        == .and([Self.message("failed"), Self.message("password")]))
    #expect(try Self.parse("message:failed") == Self.message("failed"))
    #expect(try Self.parse("x\"y z\"") == Self.message("xy z"))
  }

  @Test func fieldsAreNamedAsHarrierOrTheCommonSchemaDoes() throws {
    #expect(try Self.parse("user:root") == Self.user("root"))
    #expect(try Self.parse("user.name:root") == Self.user("root"))
    #expect(try Self.parse("user:\"a \\\"b\\\" \\\\ c\"") == Self.user("a \"b\" \\ c"))
    #expect(
      try Self.parse(#"process:C:\Windows\cmd.exe"#)
        == .test(.process, .equals(#"C:\Windows\cmd.exe"#)))
    #expect(try Self.parse("event.dataset:suricata") == .test(.sourceType, .equals("suricata")))
    for (name, field) in EventField.commonSchema { #expect(EventField(name: name) == field) }
  }

  @Test func joinsBindAsAndBeforeOr() throws {
    let (a, b, c) = (Self.user("a"), Self.user("b"), Self.user("c"))
    #expect(try Self.parse("user:a user:b or user:c") == .or([.and([a, b]), c]))
    #expect(try Self.parse("user:a AND (user:b OR user:c)") == .and([a, .or([b, c])]))
    #expect(try Self.parse("-user:a user:b") == .and([.not(a), b]))
    #expect(try Self.parse("not (user:a user:b)") == .not(.and([a, b])))
    #expect(try Self.parse("not not user:a") == .not(.not(a)))
    #expect(try Self.parse("user:(a or b) user:c") == .and([.or([a, b]), c]))
    #expect(try Self.parse("user:(-a (b or c))") == .and([.not(a), .or([b, c])]))
    #expect(try Self.parse("user:or") == Self.user("or"))
    #expect(try Self.parse("\"or\"") == Self.message("or"))
  }

  @Test func numbersAddressesAndTimesHaveRanges() throws {
    #expect(try Self.parse("severity:7") == .test(.severity, .within(7...7)))
    #expect(try Self.parse("severity:>=7") == .test(.severity, .within(7...10)))
    #expect(try Self.parse("severity:>7") == .test(.severity, .within(8...10)))
    #expect(try Self.parse("severity:<7") == .test(.severity, .within(0...6)))
    #expect(try Self.parse("severity:3..6") == .test(.severity, .within(3...6)))
    #expect(try Self.parse("dst_port:1024..") == .test(.dstPort, .within(1024...65535)))
    #expect(
      try Self.parse("src_ip:10.1.2.3/8")
        == .test(.srcIP, .network(try #require(CIDRBlock("10.0.0.0/8")))))
    #expect(
      try Self.parse("src_ip:2001:db8::1")
        == .test(.srcIP, .address(try #require(IPAddress("2001:db8::1")))))
    #expect(
      try Self.parse("src_ip:203.0.113.7/32")
        == .test(.srcIP, .address(try #require(IPAddress("203.0.113.7")))))
    let time = try #require(Timestamp("2026-11-21T05:30:00Z"))
    #expect(
      try Self.parse("ts:>=2026-11-21T05:30:00Z")
        == .test(.ts, .during(time...Timestamp.latest)))
    #expect(
      try Self.parse("ts:<2026-11-21T05:30:00Z")
        == .test(.ts, .during(Timestamp.earliest...time.advanced(byMicroseconds: -1))))
  }

  @Test func starsStandForAnyText() throws {
    func pattern(_ pieces: String...) throws -> EventQuery {
      .test(.host, .matches(try #require(TextPattern(pieces: pieces))))
    }
    #expect(try Self.parse("host:web-*") == pattern("web-", ""))
    #expect(try Self.parse("host:*.example") == pattern("", ".example"))
    #expect(try Self.parse("host:a**b*") == pattern("a", "b", ""))
    #expect(try Self.parse("host:\"a b\"*\"*\"") == pattern("a b", "*"))
    #expect(try Self.parse("host:\"a*\"") == .test(.host, .equals("a*")))
    #expect(try Self.parse("host:*") == .test(.host, .present))
    #expect(try Self.parse("has:host") == .test(.host, .present))
    #expect(try ParsedEventQuery("host:web-*").openWildcard == nil)
    #expect(try ParsedEventQuery("é host:*.example").openWildcard == 8)
    #expect(try ParsedEventQuery("host:w*b").openWildcard == 6)
  }

  @Test(arguments: [
    ("", 1, "a term"), ("   ", 4, "a term"), ("user:", 6, "a value"), ("user: root", 6, "a value"),
    ("usr:root", 1, "usr is no field"), ("a (b", 5, "closing )"), ("a)", 2, "not a )"),
    ("()", 2, "before the )"), ("\"abc", 1, "closing quote"), ("or a", 1, "before or"),
    ("a or", 5, "a term"), ("a - b", 3, "right behind the -"), ("ab*", 1, "no *"),
    ("severity:11", 10, "0 to 10"), ("severity:high", 10, "0 to 10"),
    ("severity:..", 10, "0 to 10"),
    ("severity:<0", 10, "0 to 10"), ("src_port:-1", 10, "0 to 65535"),
    ("severity:1*", 10, "takes no *"),
    ("src_ip:10.0.0.0/33", 8, "an address"), ("user:>5", 6, "no < or >"),
    ("ts:yesterday", 4, "a time"),
    ("has:colour", 5, "name of a field"), ("has:(user)", 1, "one name"),
    ("raw.a.b:1", 1, "raw records"),
    ("http://x", 1, "http is no field"), ("é usr:root", 3, "usr is no field"),
    (":x", 1, "field's name"),
    ("\"a\":x", 1, "field's name"), ("id:7", 4, "the id"), ("message:\"\"", 9, "not empty"),
    ("user:(a", 8, "closing )"), ("user:()", 7, "before the )"),
    ("a\u{1}b", 2, "control character"),
    ("-", 1, "right behind the -"), ("not", 4, "a term"),
  ])
  func errorsSayWhereAndWhat(text: String, position: Int, part: String) {
    let error = #expect(throws: EventQueryError.self) { try ParsedEventQuery(text) }
    #expect(error?.position == position)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test func queriesAreBounded() throws {
    let deep = String(repeating: "(", count: 33) + "a" + String(repeating: ")", count: 33)
    #expect(throws: EventQueryError.self) { try ParsedEventQuery(deep) }
    #expect(throws: EventQueryError.self) {
      try ParsedEventQuery(String(repeating: "-", count: 2000) + "a")
    }
    #expect(throws: EventQueryError.self) {
      try ParsedEventQuery(String(repeating: "a ", count: 101))
    }
    #expect(throws: EventQueryError.self) {
      try ParsedEventQuery(String(repeating: "a", count: 4097))
    }
    #expect(try ParsedEventQuery(String(repeating: "a ", count: 100)).query.tests.count == 100)
  }

  @Test func aPrintedQueryIsReadBack() throws {
    var maker = RandomQuery(random: SeededGenerator(seed: 7))
    var read = 0
    for _ in 0..<3000 {
      let query = maker.query()
      let text = query.description
      guard text.utf8.count <= EventQueryLimits.bytes else { continue }
      #expect(try ParsedEventQuery(text).query == query, "\(text)")
      read += 1
    }
    #expect(read > 2000)
  }

  @Test func anyTextIsAQueryOrAnErrorWithinIt() throws {
    let pieces = [
      "user", ":", "(", ")", "\"", "*", "-", " ", "or", "and", "not", "has", "severity", "..", "7",
      ">=", "é", "\\", "src_ip", "10.0.0.0/8", "raw.x", "\t",
    ]
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &random))
        .map { _ in pieces.randomElement(using: &random)! }.joined()
      do throws(EventQueryError) {
        let query = try ParsedEventQuery(text).query
        #expect(try ParsedEventQuery(query.description).query == query, "\(text)")
      } catch {
        #expect((1...(text.unicodeScalars.count + 1)).contains(error.position), "\(text)")
      }
    }
  }

  /// The examples of `docs/query-language.md` are queries.
  @Test func theDocumentedExamplesAreRead() throws {
    let path =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/docs/query-language.md"
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    var examples = 0
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isExample = line == "```query"
      } else if isExample {
        _ = try ParsedEventQuery(String(line))
        examples += 1
      }
    }
    #expect(examples >= 15)
  }
}
