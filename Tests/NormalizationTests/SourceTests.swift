import Core
import Normalization
import Testing

/// Small records of each JSON source, made for these tests after the sources' documentation.
struct SourceTests {
  @Test func suricataAlerts() throws {
    let event = try normalize(
      #"""
      {"timestamp":"2026-11-21T05:30:00.260000+0000","flow_id":14572819788561,"event_type":"alert",
      "src_ip":"203.0.113.7","src_port":50000,"dest_ip":"10.0.0.5","dest_port":80,"proto":"TCP",
      "tx_id":0,"alert":{"action":"blocked","gid":1,"signature_id":9000001,"signature":"SQLi",
      "severity":2,"metadata":{"mitre_technique_id":["T1190"]}},"http":{"url":"/x"}}
      """#)
    #expect(event.columns.sourceType == "suricata")
    #expect(event.columns.eventID == "9000001")
    #expect(event.columns.severity.rawValue == 6)
    #expect(event.columns.action == "blocked")
    #expect(event.columns.outcome == "failure")
    #expect(event.columns.message == "SQLi")
    #expect(event.fields.value(named: "http.url") == "/x")
    #expect(event.fields.value(named: "alert.metadata.mitre_technique_id") == "T1190")
    #expect(event.logSourceTexts.contains("-/suricata/-"))
    #expect(
      event.senderEventID?.hasPrefix("14572819788561:2026-11-21T05:30:00.260000+0000:9000001:0")
        == true)
  }

  @Test(arguments: [("dns", "evil.example"), ("tls", "sni.example"), ("fileinfo", "/a.exe")])
  func suricatasOtherEvents(_ type: String, _ message: String) throws {
    let event = try normalize(
      #"""
      {"timestamp":"2026-11-21T05:30:00.260000+0000","flow_id":1,"event_type":"\#(type)",
      "src_ip":"1.1.1.1","\#(type)":{"\#(["dns": "rrname", "tls": "sni"][type] ?? "filename")":
      "\#(message)"}}
      """#)
    #expect(event.columns.eventID == type)
    #expect(event.columns.action == type)
    #expect(event.columns.severity == .informational)
    #expect(event.columns.message == message)
    #expect(event.senderEventID == nil)
  }

  @Test(
    arguments: [
      ("cowrie.login.failed", 4, "login", "failure"),
      ("cowrie.login.success", 7, "login", "success"),
      ("cowrie.command.input", 7, "execute", nil),
      ("cowrie.client.kex", 1, "cowrie.client.kex", nil),
    ] as [(String, Int16, String, String?)])
  func cowrie(_ id: String, _ severity: Int16, _ action: String, _ outcome: String?) throws {
    let event = try normalize(
      #"""
      {"eventid":"\#(id)","username":"root","password":"x","message":"m","sensor":"hp",
      "timestamp":"2026-11-21T05:30:00.260000Z","src_ip":"203.0.113.7","session":"abc",
      "protocol":"ssh"}
      """#)
    #expect(event.columns.sourceType == "cowrie")
    #expect(event.columns.eventID == id)
    #expect(event.columns.severity.rawValue == severity)
    #expect(event.columns.action == action)
    #expect(event.columns.outcome == outcome)
    #expect(event.columns.host == "hp")
    #expect(event.columns.user == "root")
  }

  @Test func journaldWithBytes() throws {
    let message =
      Array("Failed password for ".utf8) + [0xFF] + Array(" from 1.2.3.4 port 77 ssh2".utf8)
    let event = try normalize(
      #"""
      {"__REALTIME_TIMESTAMP":"1795239000000000","__CURSOR":"s=ca;i=1","_HOSTNAME":"web-1",
      "PRIORITY":"4","_SYSTEMD_UNIT":"ssh.service","SYSLOG_IDENTIFIER":"sshd","MESSAGE":\#(message)}
      """#)
    #expect(event.columns.ts == time("2026-11-21T05:30:00Z"))
    #expect(event.columns.sourceType == "linux.sshd")
    #expect(event.columns.user == "\u{FFFD}")
    #expect(event.columns.srcIP == IPAddress("1.2.3.4"))
    #expect(event.columns.message == "Failed password for \u{FFFD} from 1.2.3.4 port 77 ssh2")
    #expect(event.fields.value(named: "MESSAGE") == event.columns.message)
    #expect(event.senderEventID == "s=ca;i=1")
  }

  @Test func journaldOfAnotherProgram() throws {
    let event = try normalize(
      #"{"__CURSOR":"c","PRIORITY":"3","SYSLOG_IDENTIFIER":"cron","MESSAGE":"x"}"#)
    #expect(event.columns.sourceType == "linux.syslog")
    #expect(event.columns.severity.rawValue == 4)
    #expect(event.logSourceTexts == ["-/linux/-", "-/linux/syslog", "-/linux/cron"])
  }

  @Test func auditdByLaurel() throws {
    let event = try normalize(
      #"""
      {"ID":"1795239000.123:4711","SYSCALL":{"syscall":59,"success":"yes","auid":1000,"uid":0,
      "comm":"whoami","exe":"/usr/bin/whoami","key":"recon","ARGV":["0x55d"]},
      "EXECVE":{"argc":2,"ARGV":["whoami","-a"]},"CWD":{"cwd":"/root"},
      "PATH":[{"name":"/usr/bin/whoami"},{"name":"/lib/ld.so"}],"PROCTITLE":{"ARGV":["whoami","-a"]}}
      """#)
    #expect(event.columns.ts == time("2026-11-21T05:30:00.123Z"))
    #expect(event.columns.sourceType == "linux.auditd")
    #expect(event.columns.eventID == "recon")
    #expect(event.columns.process == "whoami")
    #expect(event.columns.outcome == "success")
    #expect(event.columns.message == "whoami -a")
    #expect(event.senderEventID == "1795239000.123:4711:")
    let fields = event.recordFields
    #expect(fields["type"] == "SYSCALL\nEXECVE\nCWD\nPATH\nPROCTITLE")
    #expect(fields["a0"] == "whoami")
    #expect(fields["a1"] == "-a")
    #expect(fields["name"] == "/usr/bin/whoami\n/lib/ld.so")
    #expect(fields["exe"] == "/usr/bin/whoami")
    #expect(fields["proctitle"] == "whoami -a")
    #expect(event.logSourceTexts.contains("-/linux/auditd"))
  }

  @Test func aLoginInAuditd() throws {
    let event = try normalize(
      #"""
      {"ID":"1795239001.500:4712","USER_LOGIN":{"pid":4250,"auid":4294967295,
      "msg":"op=login acct=\"admin\" exe=\"/usr/sbin/sshd\" hostname=? addr=203.0.113.7 terminal=sshd res=failed"}}
      """#)
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.outcome == "failure")
    #expect(event.columns.action == "login")
    #expect(event.columns.severity == .low)
  }

  @Test(arguments: [
    #"{"_path":"conn","ts":1795239000.25,"id.orig_h":"10.0.0.1","id.orig_p":5,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp"}"#,
    #"{"@stream":"conn","ts":1795239000.25,"id_orig_h":"10.0.0.1","id_orig_p":5,"id_resp_h":"10.0.0.2","id_resp_p":53,"proto":"udp"}"#,
    #"{"_path":"conn","ts":"2026-11-21T05:30:00.25Z","id":{"orig_h":"10.0.0.1","orig_p":5,"resp_h":"10.0.0.2","resp_p":53},"proto":"udp"}"#,
  ])
  func zeekInEachSpelling(_ text: String) throws {
    let event = try normalize(text)
    #expect(event.columns.ts == time("2026-11-21T05:30:00.25Z"))
    #expect(event.columns.sourceType == "zeek.conn")
    #expect(event.columns.srcIP == IPAddress("10.0.0.1"))
    #expect(event.columns.srcPort == 5)
    #expect(event.columns.dstIP == IPAddress("10.0.0.2"))
    #expect(event.columns.dstPort == 53)
    #expect(event.columns.proto == "udp")
    #expect(event.fields.value(named: "id.orig_h") == "10.0.0.1")
    #expect(event.logSourceTexts == ["-/zeek/-", "-/zeek/conn"])
  }

  @Test func cloudTrail() throws {
    let event = try normalize(
      #"""
      {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"b"},"readOnly":true,
      "eventTime":"2023-07-10T11:42:36Z","eventSource":"s3.amazonaws.com","eventName":"GetObject",
      "awsRegion":"us-east-1","sourceIPAddress":"AWS Internal","errorCode":"AccessDenied",
      "requestParameters":{"Host":"h"},"responseElements":null,"eventID":"e-1"}
      """#)
    #expect(event.columns.sourceType == "aws.cloudtrail")
    #expect(event.columns.user == "b")
    #expect(event.columns.srcIP == nil)
    #expect(event.columns.action == "GetObject")
    #expect(event.columns.outcome == "failure")
    #expect(event.senderEventID == "e-1")
    #expect(event.fields.value(named: "requestParameters") == #"{"Host":"h"}"#)
    #expect(event.fields.value(named: "requestParameters.Host") == "h")
    #expect(event.fields.value(named: "readOnly") == "true")
  }

  @Test func osquery() throws {
    let event = try normalize(
      #"""
      {"name":"process_events","hostIdentifier":"web-1","unixTime":1795239000,"action":"added",
      "columns":{"path":"/usr/bin/id","username":"root","cmdline":"id"}}
      """#)
    #expect(event.columns.sourceType == "osquery")
    #expect(event.columns.eventID == "process_events")
    #expect(event.columns.process == "id")
    #expect(event.columns.host == "web-1")
  }
}
