import Core
import Normalization
import Testing

/// Lines of text: syslog of both kinds, sshd, web servers.
struct TextTests {
  @Test func traditionalSyslogWithoutAYear() throws {
    let event = try normalizeText(
      "Dec 10 06:55:46 LabSZ sshd[24200]: Failed password for root from 173.234.31.186 port 38926 ssh2"
    )
    #expect(event.columns.ts == time("2025-12-10T06:55:46Z"))
    #expect(event.columns.host == "LabSZ")
    #expect(event.columns.process == "sshd")
    #expect(event.columns.user == "root")
    #expect(event.columns.srcIP == IPAddress("173.234.31.186"))
    #expect(event.columns.srcPort == 38926)
    #expect(event.columns.action == "login")
    #expect(event.columns.outcome == "failure")
    #expect(event.columns.eventID == "login_failed")
    #expect(event.columns.sourceType == "linux.sshd")
    #expect(event.columns.message?.hasPrefix("Failed password") == true)
    #expect(event.fields.value(named: "message")?.hasPrefix("Dec 10") == true)
    #expect(event.logSourceTexts == ["-/linux/-", "-/linux/sshd", "-/linux/auth"])
  }

  @Test(
    arguments: [
      ("Dec 10 06:55:46 h p: m", "2025-12-10T06:55:46Z"),
      ("Nov 21 11:59:59 h p: m", "2026-11-21T11:59:59Z"),
      ("Nov 22 06:00:00 h p: m", "2026-11-22T06:00:00Z"),
      ("Nov 24 06:00:00 h p: m", "2025-11-24T06:00:00Z"),
      ("Feb 29 06:00:00 h p: m", "2024-02-29T06:00:00Z"),
      ("Jan  1 00:00:00 h p: m", "2026-01-01T00:00:00Z"),
      ("Dec 10 2015 06:55:46 h p: m", "2015-12-10T06:55:46Z"),
      ("Dec 10 06:55:46 2015 h p: m", "2015-12-10T06:55:46Z"),
      ("<13>Dec 10 06:55:46.25 h p: m", "2025-12-10T06:55:46.25Z"),
      ("2026-11-21T05:30:00.5+01:00 h p: m", "2026-11-21T04:30:00.5Z"),
      (
        "<165>1 2003-10-11T22:14:15.003Z h p - ID47 [x@1 a=\"b]\\\"c\"] m",
        "2003-10-11T22:14:15.003Z"
      ),
      ("<165>1 2003-10-11T22:14:15.003Z h p 1 - - \u{FEFF}m", "2003-10-11T22:14:15.003Z"),
    ])
  func times(_ line: String, _ expected: String) throws {
    let event = try normalizeText(line)
    #expect(event.columns.ts == time(expected))
    #expect(event.columns.host == "h")
    #expect(event.columns.process == "p")
    #expect(event.columns.message == "m")
    #expect(event.columns.sourceType == "linux.syslog")
  }

  @Test(arguments: [
    "", "hello", "<13>", "<999>x", "Dec 99 06:55:46 h p: m", "<165>1 x", "{not json",
  ])
  func whateverElseIsAMessage(_ line: String) throws {
    let event = try normalizeText(line)
    #expect(event.columns.ts == nil)
    #expect(event.columns.host == nil)
    #expect(event.fields.value(named: "message") == line)
  }

  @Test func aPriorityAloneIsTakenOff() throws {
    let event = try normalizeText("<12>disk is full")
    #expect(event.columns.message == "disk is full")
    #expect(event.columns.severity == .low)
  }

  @Test func bytesThatAreNotUTF8AreReplaced() throws {
    var normalizer = Normalizer()
    var event = NormalizedEvent()
    let line =
      Array("Dec 10 06:55:46 h sshd[1]: Invalid user ".utf8) + [0xFF] + Array(" from 1.2.3.4".utf8)
    try normalizer.normalizeText(line.span.bytes, receivedAt: received, into: &event)
    #expect(event.columns.user == "\u{FFFD}")
    #expect(event.columns.srcIP == IPAddress("1.2.3.4"))
  }

  @Test func aJSONRecordInASyslogLineIsReadAsThatRecord() throws {
    let event = try normalizeText(
      #"<134>Nov 21 05:30:01 sensor suricata[9]: {"timestamp":"2026-11-21T05:30:00.26+0000","#
        + #""flow_id":1,"event_type":"dns","src_ip":"10.0.0.5"}"#)
    #expect(event.columns.sourceType == "suricata")
    #expect(event.columns.ts == time("2026-11-21T05:30:00.26Z"))
    #expect(event.columns.host == "sensor")
  }

  @Test func aUserNameCannotForgeTheAddress() throws {
    let event = try normalizeText(
      "Dec 10 06:55:46 h sshd[1]: Failed password for invalid user x from 1.1.1.1 port 22 ssh2"
        + " from 9.9.9.9 port 4444 ssh2")
    #expect(event.columns.srcIP == IPAddress("9.9.9.9"))
    #expect(event.columns.srcPort == 4444)
    #expect(event.columns.user == "x from 1.1.1.1 port 22 ssh2")
  }

  @Test func theCombinedLogFormat() throws {
    let event = try normalizeText(
      #"203.0.113.7 - bob [17/May/2015:10:05:03 +0000] "GET /a.php?x=%27 HTTP/1.1" 404 12 "#
        + #""http://r/" "sqlmap/1.7 \"q\"""#, hint: "nginx")
    #expect(event.columns.ts == time("2015-05-17T10:05:03Z"))
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.user == "bob")
    #expect(event.columns.action == "GET")
    #expect(event.columns.outcome == "failure")
    #expect(event.columns.sourceType == "nginx")
    #expect(event.logSourceTexts == ["webserver/-/nginx"])
    #expect(event.fields.value(named: "cs-uri-query") == "/a.php?x=%27")
    #expect(event.fields.value(named: "cs-uri-stem") == "/a.php")
    #expect(event.fields.value(named: "sc-status") == "404")
    #expect(event.fields.value(named: "c-useragent") == #"sqlmap/1.7 \"q\""#)
  }

  @Test(arguments: [#"- - - [x"#, #"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET"#])
  func aBrokenAccessLineIsAMessage(_ line: String) throws {
    #expect(try normalizeText(line).fields.value(named: "message") == line)
    #expect(try normalizeText(line).columns.sourceType == "unknown")
  }

  @Test func aScannersRequestNeedNotBeOne() throws {
    let event = try normalizeText(
      #"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "\x16\x03" 400 - "-" "-""#)
    #expect(event.columns.action == nil)
    #expect(event.columns.eventID == "400")
    #expect(event.fields.value(named: "sc-bytes") == "-")
    #expect(event.fields.value(named: "cs-username") == nil)
    #expect(event.logSourceTexts == ["webserver/-/-"])
  }

  @Test func anAccessLineInARecordIsReadWhereTheRecordSaysNoMore() throws {
    let line = #"203.0.113.7 - - [17/May/2015:10:05:03 +0000] \"GET /.env HTTP/1.1\" 404 12"#
    let bare = try normalize(#"{"message":"\#(line)"}"#)
    #expect(bare.columns.sourceType == "webserver")
    #expect(bare.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(bare.fields.value(named: "cs-uri-query") == "/.env")
    #expect(bare.logSourceTexts == ["webserver/-/-"])
    let named = try normalize(
      #"{"message":"\#(line)","source_type":"nginx","src_ip":"10.0.0.9","ts":"2026-11-21T01:00:00Z"}"#
    )
    #expect(named.columns.sourceType == "nginx")
    #expect(named.columns.srcIP == IPAddress("10.0.0.9"))
    #expect(named.columns.ts == time("2026-11-21T01:00:00Z"))
    #expect(named.columns.action == "GET")
  }

  @Test func aLineMadeToBeSlowEndsSoon() throws {
    let line =
      "Dec 10 06:55:46 h sudo: a : TTY=" + String(repeating: "x ; PWD=/ ; USER=u ", count: 400)
    #expect(try normalizeText(line).columns.sourceType == "linux.sudo")
    #expect(try normalizeText(line).columns.action == nil)
  }
}
