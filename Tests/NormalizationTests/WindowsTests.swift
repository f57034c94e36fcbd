import Core
import Normalization
import Testing

/// Windows events in each of the shapes that shippers give them.
struct WindowsTests {
  static let xml = ##"""
    {"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":
    "Microsoft-Windows-Sysmon","Guid":"G"}},"EventID":1,"Level":4,"TimeCreated":{"#attributes":
    {"SystemTime":"2026-11-21T05:30:00.26Z"}},"EventRecordID":713,"Correlation":null,"Channel":
    "Microsoft-Windows-Sysmon/Operational","Computer":"ws1"},"EventData":{"Image":
    "C:\\Windows\\System32\\cmd.exe","User":"D\\u","CommandLine":"cmd /c x","ProcessId":6196}}}
    """##
  static let beat = #"""
    {"@timestamp":"2026-11-21T05:30:00.26Z","winlog":{"event_id":1,"record_id":713,
    "channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"ws1",
    "provider_name":"Microsoft-Windows-Sysmon","event_data":{"Image":
    "C:\\Windows\\System32\\cmd.exe","User":"D\\u","CommandLine":"cmd /c x","ProcessId":"6196"}},
    "message":"Process Create"}
    """#
  static let flat = #"""
    {"EventTime":"2026-11-21 05:30:00.26","EventID":1,"RecordNumber":713,"Hostname":"ws1",
    "Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon",
    "Image":"C:\\Windows\\System32\\cmd.exe","User":"D\\u","CommandLine":"cmd /c x","ProcessId":6196}
    """#

  @Test(arguments: [xml, beat, flat])
  func allShapesAreOne(_ text: String) throws {
    let event = try normalize(text)
    #expect(event.columns.ts == time("2026-11-21T05:30:00.26Z"))
    #expect(event.columns.sourceType == "windows.sysmon")
    #expect(event.columns.eventID == "1")
    #expect(event.columns.host == "ws1")
    #expect(event.columns.user == #"D\u"#)
    #expect(event.columns.process == "cmd.exe")
    #expect(event.columns.action == "process_creation")
    #expect(event.columns.severity == .informational)
    #expect(event.senderEventID == "ws1:Microsoft-Windows-Sysmon/Operational:713")
    for (name, value) in [
      "EventID": "1", "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "ws1",
      "Provider_Name": "Microsoft-Windows-Sysmon", "EventRecordID": "713", "ProcessId": "6196",
      "Image": #"C:\Windows\System32\cmd.exe"#, "CommandLine": "cmd /c x",
    ] { #expect(event.fields.value(named: name) == value) }
    #expect(
      event.logSourceTexts
        == ["-/windows/-", "-/windows/sysmon", "process_creation/windows/sysmon"])
  }

  func event(_ id: Int, channel: String, data: String, section: String = "EventData") throws
    -> NormalizedEvent
  {
    try normalize(
      #"{"Event":{"System":{"EventID":\#(id),"Channel":"\#(channel)"},"\#(section)":\#(data)}}"#)
  }

  @Test func theClearedLogIsNotTheEventsChannel() throws {
    let event = try event(
      104, channel: "System",
      data: ##"{"LogFileCleared":{"#attributes":{},"Channel":"Security"}}"##,
      section: "UserData")
    #expect(event.recordFields["Channel"] == "Security")
    #expect(event.logSourceTexts == ["-/windows/-", "-/windows/system"])
    #expect(event.columns.sourceType == "windows.system")
    #expect(event.columns.action == "log_cleared")
  }

  @Test func namesLoseTheirBlanks() throws {
    let event = try event(
      1116, channel: "Microsoft-Windows-Windows Defender/Operational",
      data: #"{"Threat Name":"T","Path":"p"}"#)
    #expect(event.recordFields["ThreatName"] == "T")
    #expect(event.recordFields["Signature"] == "T")
    #expect(event.recordFields["Filename"] == "p")
    #expect(event.logSourceTexts.last == "antivirus/windows/windefend")
  }

  @Test func aSecurityProcessCreationIsOneToo() throws {
    let event = try event(
      4688, channel: "security", data: #"{"NewProcessName":"C:\\a.exe","ParentProcessName":"b"}"#)
    #expect(event.recordFields["Image"] == #"C:\a.exe"#)
    #expect(event.recordFields["ParentImage"] == "b")
    #expect(event.logSourceTexts.last == "process_creation/windows/security")
    #expect(event.columns.process == "a.exe")
  }

  @Test(
    arguments: [
      ("CreateKey", ["registry_add", "registry_event"]),
      ("DeleteValue", ["registry_delete", "registry_event"]), ("RenameKey", ["registry_event"]),
    ])
  func registryEventsNeedTheirType(_ type: String, _ categories: [String]) throws {
    let event = try event(
      12, channel: "Microsoft-Windows-Sysmon/Operational", data: #"{"EventType":"\#(type)"}"#)
    #expect(event.fields.logSources.sources.compactMap(\.category) == categories)
  }

  @Test func anEmptyElementIsEmptyAndAMissingOneAbsent() throws {
    let event = try event(
      4104, channel: "Application",
      data: ##"{"Path":"","None":null,"Data":{"#text":["a","","b"]}}"##)
    #expect(event.recordFields["Path"] == "")
    #expect(event.fields.first(named: "None") == nil)
    #expect(event.recordFields["Data"] == "a\n\nb")
  }

  @Test func aFailedLogonNamesWhoAndFromWhere() throws {
    let event = try event(
      4625, channel: "Security",
      data:
        #"{"TargetUserName":"admin","SubjectUserName":"-","IpAddress":"203.0.113.7","IpPort":"0"}"#)
    #expect(event.columns.user == "admin")
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.srcPort == 0)
    #expect(event.columns.action == "logon_failed")
  }

  @Test func anUnknownChannelIsStillWindows() throws {
    let event = try event(7, channel: "Vendor/Own", data: "{}")
    #expect(event.columns.sourceType == "windows")
    #expect(event.logSourceTexts == ["-/windows/-"])
  }
}
