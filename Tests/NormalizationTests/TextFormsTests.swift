import Core
import Normalization
import Testing

/// Lines that are read into records.
struct TextFormsTests {
  @Test func anAuditRecord() throws {
    let event = try normalizeText(
      "node=web1 type=SYSCALL msg=audit(1795239000.123:4711): arch=c000003e syscall=59 success=no "
        + #"a0=55d exe="/usr/bin/cat" comm=6120620A key="recon"\#u{1D}ARCH=x86_64 SYSCALL=execve AUID="root""#
    )
    #expect(event.columns.sourceType == "linux.auditd")
    #expect(event.columns.ts == time("2026-11-21T05:30:00.123Z"))
    #expect(event.columns.host == "web1")
    #expect(event.columns.outcome == "failure")
    #expect(event.logSourceTexts == ["-/linux/-", "-/linux/auditd"])
    let expected = [
      "type": "SYSCALL", "a0": "55d", "exe": "/usr/bin/cat", "comm": "a b\n", "key": "recon",
      "SYSCALL": "execve", "syscall": "59",
    ]
    for (name, value) in expected { #expect(event.recordFields[name] == value, "\(name)") }
  }

  @Test func whatAProgramSaidToTheAuditLog() throws {
    let event = try normalizeText(
      "type=USER_LOGIN msg=audit(1795239001.500:4712): pid=4250 uid=0 "
        + #"msg='op=login acct="admin" exe="/usr/sbin/sshd" addr=203.0.113.7 terminal=sshd res=failed'"#
    )
    #expect(event.fields.value(named: "acct") == "admin")
    #expect(event.columns.user == "admin")
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.outcome == "failure")
  }

  @Test(arguments: [("EXECVE", "cat /x"), ("SYSCALL", "636174202F78")])
  func argumentsAreDecodedWhereTheyAreTexts(_ type: String, _ expected: String) throws {
    let event = try normalizeText(
      "type=\(type) msg=audit(1795239000.123:1): argc=1 a0=636174202F78")
    #expect(event.fields.value(named: "a0") == expected)
  }

  @Test func anEventAsXML() throws {
    let event = try normalizeText(
      "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        + "<Provider Name='Microsoft-Windows-Windows Defender'/><EventID>1116</EventID>"
        + "<TimeCreated SystemTime='2026-11-21T05:30:00.26Z'/><EventRecordID>7</EventRecordID>"
        + "<Channel>Microsoft-Windows-Windows Defender/Operational</Channel>"
        + "<Computer>pc</Computer></System><EventData><Data Name='Threat Name'>PWS &lt;x&gt; &#x26;"
        + "</Data><Data Name='Path'><![CDATA[C:\\a]]></Data><Data Name='Empty'/></EventData></Event>"
    )
    #expect(event.columns.sourceType == "windows.windefend")
    #expect(event.columns.host == "pc")
    #expect(event.fields.value(named: "ThreatName") == "PWS <x> &")
    #expect(event.fields.value(named: "Signature") == "PWS <x> &")
    #expect(event.fields.value(named: "Filename") == #"C:\a"#)
    #expect(event.fields.value(named: "Empty") == "")
    #expect(event.logSourceTexts.contains("antivirus/windows/windefend"))
  }

  @Test func sysmonOfLinux() throws {
    let event = try normalizeText(
      "Nov 21 05:30:00 web1 sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID>"
        + "<Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer></System><EventData>"
        + "<Data Name=\"Image\">/usr/bin/id</Data></EventData></Event>")
    #expect(event.columns.sourceType == "linux.sysmon")
    #expect(event.columns.action == "process_creation")
    #expect(event.logSourceTexts.contains("process_creation/linux/sysmon"))
    #expect(!event.logSourceTexts.contains { $0.contains("windows") })
  }

  @Test(
    arguments: [
      "<Event", "<Event>", "<Event><System></System>", "<Event><a></Event>",
      "<Event a=><System/></Event>",
      "<Event>&#xFFFFFFFF;</Event>", "type=X msg=audit(", "type=X msg=audit():", "CEF:0|a|b",
      #"CEF:0|a|b|c|d|e|f\"#, "CEF:0|a|b|c|d|e|f|x=\\", "logid= type= dev", "IN= SRC= DST=",
      "%%01", "% a", #"[INFO] ""#, "client query: x",
    ])
  func brokenOnesAreMessages(_ line: String) throws {
    #expect(try normalizeText(line).columns.sourceType != "windows.sysmon")
    #expect(try normalizeText(line).fields.value(named: "message") == line)
  }

  @Test func aPacketFiltersLine() throws {
    let event = try normalizeText(
      "Nov 21 05:37:36 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.7 DST=10.0.0.2 PROTO=TCP SPT=4711 DPT=23"
    )
    #expect(event.columns.sourceType == "linux.netfilter")
    #expect(event.columns.dstPort == 23)
    #expect(event.columns.action == "block")
    #expect(event.fields.value(named: "dst_port") == "23")
    #expect(event.logSourceTexts.contains("firewall/-/-"))
  }

  @Test func fortiGatesPairs() throws {
    let event = try normalizeText(
      #"<189>date=2026-11-21 time=05:30:00 devname="fw1" logid="0100044547" type="event" action="Add" cfgpath="user.local""#
    )
    #expect(event.fields.value(named: "cfgpath") == "user.local")
    #expect(event.columns.action == "Add")
    #expect(event.logSourceTexts.contains("-/fortigate/event"))
  }

  @Test func theCommonEventFormat() throws {
    let event = try normalizeText(
      #"Nov 21 05:37:36 ns CEF:0|Sec|mgr|1.0|100|worm \| stopped|10|src=10.0.0.1 msg=a b\=c suser=joe x"#
    )
    #expect(event.columns.sourceType == "cef")
    #expect(event.columns.severity.rawValue == 10)
    #expect(event.fields.value(named: "name") == "worm | stopped")
    #expect(event.fields.value(named: "msg") == "a b=c")
    #expect(event.columns.user == "joe x")
  }

  @Test(
    arguments: [
      ("Nov 21 05:37:36 r1 45: %SYS-5-CONFIG_I: Configured from console", "-/cisco/aaa"),
      ("<189>Nov 21 05:37:36 r1 %ASA-4-106023: Deny tcp", "-/cisco/syslog"),
      ("Nov 21 05:37:36 r1 %%01BGP/4/PEER: down", "-/huawei/bgp"),
      ("Nov 21 05:37:36 r1 rpd[7]: bgp_recv: down", "-/juniper/bgp"),
      ("Nov 21 05:37:36 web1 CRON[7]: (root) CMD (id)", "-/linux/cron"),
      ("Nov 21 05:37:36 web1 su: FAILED SU (to root) bob on pts/0", "-/linux/auth"),
      ("Nov 21 05:37:36 web1 guacd[1]: User joined", "-/linux/guacamole"),
      ("Nov 21 05:37:36 web1 vsftpd[1]: Connection refused", "-/linux/vsftpd"),
    ])
  func logSourcesOfPrograms(_ line: String, _ source: String) throws {
    #expect(try normalizeText(line).logSourceTexts.contains(source))
  }

  @Test func clamAVAndSudoNameTheirFields() throws {
    let found = try normalizeText(
      "Nov 21 05:37:36 h clamd[7]: /var/www/x.php: Php.Webshell-7 FOUND")
    #expect(found.fields.value(named: "Signature") == "Php.Webshell-7")
    #expect(found.fields.value(named: "Filename") == "/var/www/x.php")
    #expect(found.logSourceTexts.contains("antivirus/-/-"))
    let sudo = try normalizeText(
      "Nov 21 05:37:36 h sudo: bob : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/bin/id")
    #expect(sudo.fields.value(named: "USER") == "#-1")
  }

  @Test func aSourceTypeIsEnoughForKeywords() throws {
    #expect(try normalizeText("x", hint: "jvm").logSourceTexts == ["application/jvm/-"])
    #expect(try normalizeText("x", hint: "database").logSourceTexts == ["database/-/-"])
  }
}
