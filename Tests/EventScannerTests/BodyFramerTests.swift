import EventScanner
import Testing

/// How bodies fall into records.
struct BodyFramerTests {
  let lines = "application/x-ndjson"

  @Test(
    arguments: [
      ("application/x-ndjson", true), ("Application/X-NDJSON; charset=utf-8", true),
      ("application/jsonl", true), ("application/json", false), ("text/plain", false), (nil, false),
      ("application/vnd.elasticsearch+x-ndjson; compatible-with=9", true), ("", false),
    ] as [(String?, Bool)])
  func mediaTypes(_ type: String?, _ expected: Bool) {
    #expect(BodyForm.isLines(contentType: type) == expected)
  }

  @Test func linesWithEitherEndAndBlanksBetween() throws {
    let body = "{\"a\":1}\r\n\n  \t\n{\"b\":2}\n\r\n{\"c\":3}"
    #expect(try frames(body, type: lines) == [#"{"a":1}"#, #"{"b":2}"#, #"{"c":3}"#])
  }

  @Test func aMalformedLineIsAnErrorOfItsOwn() throws {
    let body = "{\"a\":1}\n{\"b\":\n[1]\n{\"c\":3}}\n\"x\"\n{\"d\":4}\n"
    #expect(
      try frames(body, type: lines) == [
        #"{"a":1}"#, "! unexpected_end", "! not_an_object", "! trailing_bytes", "! not_an_object",
        #"{"d":4}"#,
      ])
  }

  @Test func linesAreCountedWithTheBlankOnes() throws {
    let body = Array("\n{\"a\":1}\n\nx\n{}".utf8)
    var framer = BodyFramer(contentType: lines)
    var tape = JSONTape()
    var seen: [[Int]] = []
    while let record = try framer.next(body.span.bytes, into: &tape) {
      seen.append([record.index, record.line])
    }
    #expect(seen == [[0, 2], [1, 4], [2, 5]])
  }

  @Test func aLineThatIsTooLongDoesNotHoldUpTheOthers() throws {
    let long = #"{"a":""# + String(repeating: "x", count: 100) + #""}"#
    let found = try frames(
      "{}\n\(long)\n{}", type: lines, limits: ScanLimits(maxRecordBytes: 50))
    #expect(found == ["{}", "! record_too_long", "{}"])
  }

  @Test func emptyBodies() throws {
    #expect(try frames("", type: lines) == [])
    #expect(try frames("\r\n\n", type: lines) == [])
    #expect(throws: ScanError(.emptyBody, at: 0)) { try frames("") }
    #expect(throws: ScanError(.emptyBody, at: 2)) { try frames(" \n") }
    #expect(try frames("[]") == [])
    #expect(try frames(#"{"events":[]}"#) == [])
  }

  @Test func theFormIsDecidedByTheBody() throws {
    func form(_ text: String, type: String? = nil) throws -> BodyForm? {
      var framer = BodyFramer(contentType: type)
      var tape = JSONTape()
      let body = Array(text.utf8)
      while try framer.next(body.span.bytes, into: &tape) != nil {}
      return framer.form
    }
    #expect(try form("[{}]") == .array)
    #expect(try form("{}") == .objects)
    #expect(try form(#"{"events":[{}]}"#) == .envelope)
    #expect(try form(#"{"events":1}"#) == .objects)
    #expect(try form("[{}]", type: lines) == .lines)
  }

  @Test func arrays() throws {
    #expect(try frames(#" [ {"a":1} , {"b":[]} ] "#) == [#"{"a":1}"#, #"{"b":[]}"#])
    #expect(
      try frames(#"[{"a":1},2,null,{"b":2}]"#) == [
        #"{"a":1}"#, "! not_an_object", "! not_an_object", #"{"b":2}"#,
      ])
  }

  @Test func envelopes() throws {
    #expect(try frames(#"{"events":[{"a":1},{"b":2}]}"#) == [#"{"a":1}"#, #"{"b":2}"#])
    #expect(
      try frames(#"{"source_type":"x","n":{"events":[1]},"events":[{"a":1}],"z":[2]} "#)
        == [#"{"a":1}"#])
    #expect(try frames(#"{"Records":[{"eventName":"x"}]}"#) == [#"{"eventName":"x"}"#])
    #expect(throws: ScanError(.trailingBytes, at: 15)) { try frames(#"{"events":[{}]}{}"#) }
    #expect(throws: ScanError.self) { try frames(#"{"events":[{}],}"#) }
    #expect(throws: ScanError.self) { try frames(#"{"events":[{}]"#) }
  }

  @Test func objectsBehindEachOther() throws {
    #expect(try frames(#"{"a":1}"#) == [#"{"a":1}"#])
    #expect(
      try frames("{\"a\":1}{\"b\":2}\n {\"c\":3}\n") == [
        #"{"a":1}"#, #"{"b":2}"#, #"{"c":3}"#,
      ])
    #expect(throws: ScanError(.trailingBytes, at: 7)) { try frames(#"{"a":1},{"b":2}"#) }
    #expect(throws: ScanError(.trailingBytes, at: 8)) { try frames(#"{"a":1} x"#) }
  }

  @Test func aMalformedJSONBodyIsRefusedWithItsOffset() throws {
    #expect(throws: ScanError(.unexpectedCharacter, at: 9)) { try frames(#"[{"a":1},]"#) }
    #expect(throws: ScanError(.unexpectedEnd, at: 8)) { try frames(#"[{"a":1}"#) }
    #expect(throws: ScanError(.unexpectedCharacter, at: 9)) { try frames(#"[{"a":1} {"b":2}]"#) }
    #expect(throws: ScanError(.trailingBytes, at: 10)) { try frames(#"[{"a":1}] x"#) }
    #expect(throws: ScanError(.notAnObject, at: 0)) { try frames(#""text""#) }
    #expect(throws: ScanError(.invalidLiteral, at: 0)) { try frames("nope") }
    #expect(throws: ScanError(.unexpectedCharacter, at: 0)) { try frames("hello") }
  }

  @Test func whatJSONAllowsButWeDoNotIsAnErrorOfOneRecord() throws {
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    let many = [String](repeating: "1", count: 3000).joined(separator: ",")
    let body =
      Array(#"[{"a":\#(deep)},{"a":[\#(many)]},{"a":"\ud800"},{"a":""#.utf8)
      + [0xFF] + Array(#""},{"ok":1}]"#.utf8)
    #expect(
      try frames(body) == [
        "! too_deep", "! too_many_leaves", "! lone_surrogate", "! invalid_utf8", #"{"ok":1}"#,
      ])
  }

  @Test func aRecordThatIsTooDeepAndMalformedSpoilsTheBody() {
    let deep = String(repeating: "[", count: 500) + "x"
    #expect(throws: ScanError(.unexpectedCharacter, at: 506)) { try frames(#"[{"a":\#(deep)"#) }
  }

  @Test func aLongRecordOfAnArrayIsAnErrorOfItsOwn() throws {
    let found = try frames(
      #"[{"a":"xxxxxxxxxxxxxxxxxxxxx"},{}]"#, limits: ScanLimits(maxRecordBytes: 20))
    #expect(found == ["! record_too_long", "{}"])
  }

  @Test func aByteOrderMarkIsSkippedAtTheStartOnly() throws {
    #expect(try frames("\u{FEFF}[{}]") == ["{}"])
    #expect(try frames("\u{FEFF}{}\n{}", type: lines) == ["{}", "{}"])
    #expect(try frames("{}\n\u{FEFF}{}", type: lines) == ["{}", "! unexpected_character"])
  }

  @Test func afterTheLastRecordThereIsNone() throws {
    var framer = BodyFramer(contentType: nil)
    var tape = JSONTape()
    let body = Array("[{}]".utf8)
    var found: [Bool] = []
    for _ in 0..<3 { found.append(try framer.next(body.span.bytes, into: &tape) != nil) }
    #expect(found == [true, false, false])
  }
}
