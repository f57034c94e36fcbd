import EventScanner
import Testing

/// The grammar of RFC 8259, the limits, and the tape.
struct JSONScannerTests {
  @Test(arguments: [
    "{}", " { } ", #"{"a":1}"#, #"{"a":[],"b":{}}"#, #"{"":""}"#,
    #"{"a":-0,"b":0.5e+10,"c":1E-2,"d":12345678901234567890}"#,
    #"{"a":true,"b":false,"c":null}"#, "{\"a\"\t:\r\n1}", #"{"a":"\"\\\/\b\f\n\r\té"}"#,
    #"{"a":"\ud83d\ude00"}"#, #"{"a":"€😀"}"#, #"{"a":[[[[]]]]}"#, #"{"a":1,"a":2}"#,
  ])
  func accepts(_ text: String) throws {
    _ = try scan(text)
  }

  @Test(arguments: [
    ("", ScanError.Code.unexpectedEnd, 0),
    ("{", .unexpectedEnd, 1),
    (#"{"a""#, .unexpectedEnd, 4),
    (#"{"a":"#, .unexpectedEnd, 5),
    (#"{"a":1"#, .unexpectedEnd, 6),
    (#"{"a":1,"#, .unexpectedEnd, 7),
    (#"{"a":1,}"#, .unexpectedCharacter, 7),
    (#"{a:1}"#, .unexpectedCharacter, 1),
    (#"{'a':1}"#, .unexpectedCharacter, 1),
    (#"{"a" 1}"#, .unexpectedCharacter, 5),
    (#"{"a":1]"#, .unexpectedCharacter, 6),
    (#"{"a":[1}"#, .unexpectedCharacter, 7),
    (#"{"a":[1,]}"#, .unexpectedCharacter, 8),
    (#"{"a":[,1]}"#, .unexpectedCharacter, 6),
    (#"{"a":}"#, .unexpectedCharacter, 5),
    (#"{"a":+1}"#, .unexpectedCharacter, 5),
    (#"{"a":.5}"#, .unexpectedCharacter, 5),
    (#"{"a":NaN}"#, .unexpectedCharacter, 5),
    (#"{"a":01}"#, .invalidNumber, 5),
    (#"{"a":-}"#, .invalidNumber, 5),
    (#"{"a":1.}"#, .invalidNumber, 5),
    (#"{"a":1.e5}"#, .invalidNumber, 5),
    (#"{"a":1e}"#, .invalidNumber, 5),
    (#"{"a":1e+}"#, .invalidNumber, 5),
    (#"{"a":1"#, .unexpectedEnd, 6),
    (#"{"a":tru}"#, .invalidLiteral, 5),
    (#"{"a":nul"#, .unexpectedEnd, 5),
    (#"{"a":True}"#, .unexpectedCharacter, 5),
    (#"{"a":truee}"#, .unexpectedCharacter, 9),
    (#"{"a":"\x41"}"#, .invalidEscape, 6),
    (#"{"a":"\u12g4"}"#, .invalidEscape, 6),
    (#"{"a":"\u12"}"#, .invalidEscape, 6),
    ("{\"a\":\"x\ny\"}", .controlCharacter, 7),
    ("{\"a\":\"x\u{0}y\"}", .controlCharacter, 7),
    ("{\"a\u{1}\":1}", .controlCharacter, 3),
    (#"{"a":1}}"#, .trailingBytes, 7),
    (#"{"a":1} x"#, .trailingBytes, 8),
    (#"{"a":"\ud800"}"#, .loneSurrogate, 6),
    (#"{"a":"\udc00"}"#, .loneSurrogate, 6),
    (#"{"a":"\ud800\u0041"}"#, .loneSurrogate, 6),
    (#"{"\ud83d":1}"#, .loneSurrogate, 2),
    ("[]", .notAnObject, 0),
    ("1", .notAnObject, 0),
    (#" "x""#, .notAnObject, 2),
  ])
  func refuses(_ text: String, _ code: ScanError.Code, _ offset: Int) {
    #expect(throws: ScanError(code, at: offset)) { try scan(text) }
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func refusesBytesThatAreNotUTF8(_ sequence: [UInt8]) {
    for padding in 0..<9 {
      let filler = [UInt8](repeating: 0x78, count: padding)
      let text = Array(#"{"a":""#.utf8) + filler + sequence + Array(#""}"#.utf8)
      #expect(failure(text)?.code == .invalidUTF8)
      #expect(failure(text)?.offset == 6 + padding)
    }
  }

  @Test func aStringIsReadTheSameAtAnyAlignment() throws {
    for length in 0..<40 {
      for special in [#"\n"#, "é", "€", "😀", #"\u00e9"#] {
        for place in 0...length {
          let text =
            String(repeating: "x", count: place) + special
            + String(repeating: "y", count: length - place)
          let tape = try scan(#"{"k":"\#(text)"}"#)
          #expect(tape.nodes[1].value.count == text.utf8.count)
          #expect(tape.nodes[1].flags.contains(.valueEscaped) == special.hasPrefix("\\"))
        }
      }
    }
  }

  @Test func theTapeHoldsTheTree() throws {
    let text = #"{"a":{"b":[1,"x",{}]},"c\n":-1.5,"d":9}"#
    let tape = try scan(text)
    let bytes = Array(text.utf8)
    #expect(tape.nodes.count == 8)
    #expect(
      tape.nodes.map(\.kind) == [
        .object, .object, .array, .number, .string, .object, .number, .number,
      ])
    #expect(tape.nodes.map(\.depth) == [0, 1, 2, 3, 3, 3, 1, 1])
    #expect(tape.nodes.map { $0.parent ?? -1 } == [-1, 0, 1, 2, 2, 2, 0, 0])
    #expect(tape.nodes.map(\.end) == [8, 6, 6, 4, 5, 6, 7, 8])
    #expect(tape.nodes[6].flags == [.member, .keyEscaped])
    #expect(tape.nodes[7].flags == [.member, .integer])
    #expect(tape.nodes[3].flags == [.integer])
    #expect(String(decoding: bytes[tape.nodes[1].value], as: UTF8.self) == #"{"b":[1,"x",{}]}"#)
    #expect(tape.range == 0..<bytes.count)
  }

  @Test func nestingIsLimited() throws {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    _ = try scan(nested(63))
    #expect(failure(nested(64))?.code == .tooDeep)
    #expect(failure(nested(3), limits: ScanLimits(maxDepth: 3))?.code == .tooDeep)
  }

  @Test func aHundredThousandBracketsAreRefusedWithoutAStack() {
    #expect(failure(String(repeating: "[", count: 100_000))?.code == .tooDeep)
    #expect(failure(String(repeating: #"{"a":"#, count: 100_000))?.code == .tooDeep)
  }

  @Test func leavesAreLimited() throws {
    func leaves(_ count: Int) -> String {
      #"{"a":["# + [String](repeating: "1", count: count).joined(separator: ",") + "]}"
    }
    _ = try scan(leaves(2048))
    #expect(failure(leaves(2049))?.code == .tooManyLeaves)
    let empty = #"{"a":["# + [String](repeating: "[]", count: 2049).joined(separator: ",") + "]}"
    #expect(failure(empty)?.code == .tooManyLeaves)
  }

  @Test func aRecordsLengthIsLimited() throws {
    let limits = ScanLimits(maxRecordBytes: 20)
    _ = try scan(#"{"a":"1234567890AB"}"#, limits: limits)
    #expect(throws: ScanError(.recordTooLong, at: 0)) {
      try scan(#"{"a":"1234567890ABC"}"#, limits: limits)
    }
  }

  @Test func aNULIsMarked() throws {
    let tape = try scan(#"{"a":"x\u0000y","b\u0000":1,"c":"\\u0000"}"#)
    #expect(tape.containsNUL)
    #expect(tape.nodes.map { $0.flags.contains(.containsNUL) } == [false, true, true, false])
    #expect(try scan(#"{"a":"\\u0000"}"#).containsNUL == false)
  }

  @Test func aTapeForgetsTheRecordBefore() throws {
    var tape = JSONTape()
    let scanner = JSONScanner()
    try scanner.scanRecord(Array(#"{"a":"\u0000","b":2}"#.utf8).span.bytes, into: &tape)
    try scanner.scanRecord(Array(#"{"c":3}"#.utf8).span.bytes, into: &tape)
    #expect(tape.nodes.count == 2)
    #expect(!tape.containsNUL)
  }

  @Test func everyErrorSaysWhatToDo() {
    for code in ScanError.Code.allCases {
      let message = ScanError(code, at: 0).message
      #expect(!message.isEmpty && message.first?.isLowercase == true && message.last != ".")
    }
  }
}
