import Core
import Normalization
import Testing

/// Harrier's own flat names: the public contract of an event.
struct FlatNamesTests {
  @Test func everyColumnHasItsName() throws {
    let event = try normalize(
      #"""
      {"ts":"2026-11-21T05:30:00.26Z","source_type":"custom.app","event_id":"4625","severity":7,
      "src_ip":"203.0.113.7","src_port":50000,"dst_ip":"2001:db8::1","dst_port":"443",
      "protocol":"TCP","host":"web-1","user":"root","process":"sshd","action":"login",
      "outcome":"failure","message":"no","extra":{"a":1}}
      """#)
    var expected = EventColumns()
    expected.ts = time("2026-11-21T05:30:00.26Z")
    expected.sourceType = "custom.app"
    expected.eventID = "4625"
    expected.severity = .high
    expected.srcIP = IPAddress("203.0.113.7")
    expected.srcPort = 50000
    expected.dstIP = IPAddress("2001:db8::1")
    expected.dstPort = 443
    expected.proto = "tcp"
    expected.host = "web-1"
    expected.user = "root"
    expected.process = "sshd"
    expected.action = "login"
    expected.outcome = "failure"
    expected.message = "no"
    #expect(event.columns == expected)
    #expect(event.senderEventID == nil)
    #expect(event.logSourceTexts == ["-/custom/-", "-/custom/app"])
  }

  @Test func unknownMembersAreFields() throws {
    let event = try normalize(#"{"a":{"b c":[1,{"d":"x"}],"e":null,"f":{},"g":[]},"h.i":true}"#)
    #expect(
      event.recordFields
        == ["a.b c": "1", "a.b c.d": "x", "a.f": "", "h.i": "true"])
    let null = try #require(event.fields.first(named: "a.e"))
    #expect(null.kind == .null)
    #expect(event.fields.first(named: "a.g") == nil)
    #expect(event.fields.first(named: "h.i")?.kind == .bool)
    #expect(event.fields.first(named: "a.b c")?.kind == .number)
  }

  @Test func aRecordWithNothingWeKnowIsStillAnEvent() throws {
    let event = try normalize("{}")
    #expect(event.columns == EventColumns())
    #expect(event.logSourceTexts == [])
  }

  @Test(
    arguments: [
      ("0", 0), ("10", 10), (#""5""#, 5), (#""low""#, 3), (#""Medium""#, 5), (#""HIGH""#, 7),
      (#""critical""#, 9), (#""informational""#, 1),
    ] as [(String, Int16)])
  func severities(_ text: String, _ expected: Int16) throws {
    #expect(try normalize(#"{"severity":\#(text)}"#).columns.severity.rawValue == expected)
  }

  @Test(
    arguments: [
      (#"{"severity":11}"#, .severityOutOfRange, "severity"),
      (#"{"severity":-1}"#, .severityOutOfRange, "severity"),
      (#"{"severity":1.5}"#, .severityOutOfRange, "severity"),
      (#"{"severity":"worst"}"#, .severityOutOfRange, "severity"),
      (#"{"src_ip":"999.1.1.1"}"#, .ipInvalid, "src_ip"),
      (#"{"src_ip":"example.org"}"#, .ipInvalid, "src_ip"),
      (#"{"dst_ip":17}"#, .ipInvalid, "dst_ip"),
      (#"{"src_port":65536}"#, .portOutOfRange, "src_port"),
      (#"{"dst_port":-1}"#, .portOutOfRange, "dst_port"),
      (#"{"dst_port":"http"}"#, .portOutOfRange, "dst_port"),
      (#"{"dst_port":80.5}"#, .portOutOfRange, "dst_port"),
      (#"{"ts":"yesterday"}"#, .timestampInvalid, "ts"),
      (#"{"ts":"2026-02-30T00:00:00Z"}"#, .timestampInvalid, "ts"),
      (#"{"ts":true}"#, .timestampInvalid, "ts"),
      (#"{"@timestamp":"never"}"#, .timestampInvalid, "ts"),
      (#"{"timestamp":"never"}"#, .timestampInvalid, "timestamp"),
    ] as [(String, NormalizationError.Code, String)])
  func wrongValuesNameTheirField(
    _ text: String, _ code: NormalizationError.Code, _ field: String
  ) throws {
    let error = try #require(throws: NormalizationError.self) { try normalize(text) }
    #expect(error.code == code)
    #expect(error.field == field)
    #expect(!error.description.contains("999"))
  }

  @Test(
    arguments: [
      (#""2026-11-21T05:30:00Z""#, "2026-11-21T05:30:00Z"),
      (#""2026-11-21 05:30:00.123456789+01:00""#, "2026-11-21T04:30:00.123456Z"),
      (#""2026-11-21T05:30:00,5-0600""#, "2026-11-21T11:30:00.5Z"),
      (#""1601-01-01T00:00:00Z""#, "1601-01-01T00:00:00Z"),
      (#""9999-12-31T23:59:59.999999Z""#, "9999-12-31T23:59:59.999999Z"),
      (#""2026-11-21T23:59:60Z""#, "2026-11-22T00:00:00Z"),
      ("1795239000", "2026-11-21T05:30:00Z"),
      ("1795239000.25", "2026-11-21T05:30:00.25Z"),
      ("1795239000123", "2026-11-21T05:30:00.123Z"),
      ("1795239000123456", "2026-11-21T05:30:00.123456Z"),
      ("1795239000123456789", "2026-11-21T05:30:00.123456Z"),
      (#""1795239000123456""#, "2026-11-21T05:30:00.123456Z"),
      (#""1795239000.5""#, "2026-11-21T05:30:00.5Z"),
      ("1.795239e9", "2026-11-21T05:30:00Z"), ("0", "1970-01-01T00:00:00Z"),
      ("-1", "1969-12-31T23:59:59Z"),
      (#""17/May/2015:10:05:03 +0000""#, "2015-05-17T10:05:03Z"),
    ])
  func timestamps(_ text: String, _ expected: String) throws {
    #expect(try normalize(#"{"ts":\#(text)}"#).columns.ts == time(expected))
  }

  @Test func emptyAndNullValuesAreNoValues() throws {
    let event = try normalize(
      #"{"src_ip":"","dst_ip":null,"src_port":"","user":"-","severity":null,"ts":null}"#)
    #expect(event.columns == EventColumns())
  }

  @Test func anAddressLosesItsZone() throws {
    #expect(
      try normalize(#"{"src_ip":"fe80::1%eth0"}"#).columns.srcIP == IPAddress("fe80::1"))
    #expect(
      try normalize(#"{"src_ip":"::ffff:10.0.0.1"}"#).columns.srcIP == IPAddress("10.0.0.1"))
  }

  @Test func textsAreCutBeforeACharacter() throws {
    let long = String(repeating: "x", count: 1023) + "é" + "y"
    let event = try normalize(
      #"{"user":"\#(long)","message":"\#(String(repeating: "€", count: 4000))"}"#)
    #expect(event.columns.user == String(repeating: "x", count: 1023))
    #expect(event.columns.message?.utf8.count == 8190)
    #expect(event.fields.value(named: "user") == long)
  }

  @Test func aNULIsReplacedInColumns() throws {
    let event = try normalize(#"{"user":"a\u0000b"}"#)
    #expect(event.columns.user == "a\u{FFFD}b")
    #expect(event.fields.value(named: "user") == "a\0b")
  }

  @Test func theCallersSourceTypeGoesBeforeTheRecords() throws {
    let text = #"{"source_type":"linux.sshd","user":"x"}"#
    #expect(try normalize(text).columns.sourceType == "linux.sshd")
    #expect(try normalize(text).logSourceTexts == ["-/linux/-", "-/linux/sshd", "-/linux/auth"])
    #expect(try normalize(text, hint: "nginx").columns.sourceType == "nginx")
    #expect(try normalize(text, hint: "nginx").logSourceTexts == ["webserver/-/nginx"])
  }

  @Test func aFlatEventOfAKnownSourceIsReadByTheFlatNames() throws {
    let event = try normalize(
      #"{"source_type":"suricata","ts":"2026-11-21T05:30:00Z","src_ip":"1.2.3.4","severity":8}"#)
    #expect(event.columns.sourceType == "suricata")
    #expect(event.columns.severity.rawValue == 8)
    #expect(event.columns.srcIP == IPAddress("1.2.3.4"))
    #expect(event.logSourceTexts.contains("-/suricata/-"))
  }

  @Test func aReusedEventForgetsTheOneBefore() throws {
    var normalizer = Normalizer()
    let first = try normalize(
      Array(#"{"user":"a","event.id":"7","x":1}"#.utf8), with: &normalizer)
    #expect(first.senderEventID == "7")
    let second = try normalize(Array(#"{"y":2}"#.utf8), with: &normalizer)
    #expect(second.columns == EventColumns())
    #expect(second.senderEventID == nil)
    #expect(second.recordFields == ["y": "2"])
  }

  @Test func equalLogSourcesAreOneSet() throws {
    var normalizer = Normalizer()
    let text = Array(#"{"source_type":"linux.sshd"}"#.utf8)
    let first = try normalize(text, with: &normalizer)
    let second = try normalize(text, with: &normalizer)
    #expect(first.fields.logSources === second.fields.logSources)
  }
}
