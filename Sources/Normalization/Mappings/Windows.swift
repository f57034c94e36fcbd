internal import Core

/// Windows and Sysmon events in the forms that shippers give them. All come out under the same names
/// (`EventID`, `Channel`, `Image`, …), so that one table of columns serves them.
extension SourceMapping {
  static let windowsColumns: [ColumnRule] = [
    ColumnRule(.ts, "SystemTime", "UtcTime", "ts", "TimeCreated", "EventTime"),
    ColumnRule(.eventID, "EventID"),
    // Windows' level speaks of operation: 1 critical, 2 error, 3 warning; audits have 0.
    ColumnRule(
      .severity, "Level",
      reading: .severities(["0": 1, "1": 7, "2": 4, "3": 3, "4": 1, "5": 1])),
    ColumnRule(
      .severity, "SeverityValue",
      reading: .severities(["1": 1, "2": 1, "3": 3, "4": 4, "5": 7])),
    ColumnRule(
      .severity, "log.level",
      reading: .severities([
        "information": 1, "verbose": 1, "warning": 3, "error": 4, "critical": 7,
      ])),
    ColumnRule(.severity, "EventID", reading: .constant("1")),
    ColumnRule(.srcIP, "SourceIp", "IpAddress", "SourceAddress", "ClientAddress", "src_ip"),
    ColumnRule(.srcPort, "SourcePort", "IpPort", "src_port"),
    ColumnRule(.dstIP, "DestinationIp", "DestAddress", "dst_ip"),
    ColumnRule(.dstPort, "DestinationPort", "DestPort", "dst_port"),
    ColumnRule(
      .proto, "Protocol", reading: .table(["6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"])),
    ColumnRule(.proto, "Protocol", "protocol", reading: .lowercased),
    ColumnRule(.host, "Computer", "Hostname", "host"),
    ColumnRule(
      .user, "TargetUserName", "User", "SubjectUserName", "AccountName", "UserName", "user"),
    ColumnRule(
      .process, "Image", "NewProcessName", "ProcessName", "SourceImage", "process",
      reading: .fileName),
    ColumnRule(
      .outcome, "Keywords",
      reading: .table([
        "0x8020000000000000": "success", "0x8010000000000000": "failure",
        "-9214364837600034816": "success", "-9218868437227405312": "failure",
        "audit success": "success", "audit failure": "failure",
      ])),
    ColumnRule(.message, "message", "Message"),
  ]

  static let windowsSenderIDs = [SenderIDRule("Computer", "Channel", "EventRecordID")]

  /// `{"Event":{"System":{…},"EventData":{…}}}`, as evtx_dump and its kin write it.
  static let windowsXML = SourceMapping(
    sourceType: "windows",
    names: ["windows", "evtx", "sysmon"],
    shape: RecordShape(all: ["Event"]),
    otherShapes: [
      RecordShape(all: ["System"], anyOf: [["EventData", "UserData"]])
    ],
    logSources: .windows,
    columns: windowsColumns,
    senderIDs: windowsSenderIDs,
    fields: FieldRules(isEventXML: true)
  )

  /// Winlogbeat: the event below `winlog`, Elastic Common Schema around it.
  static let winlogbeat = SourceMapping(
    sourceType: "windows",
    names: ["windows", "winlogbeat", "sysmon"],
    shape: RecordShape(all: ["winlog"]),
    logSources: .windows,
    columns: windowsColumns,
    senderIDs: windowsSenderIDs + [SenderIDRule("event.id"), SenderIDRule("_id")],
    fields: FieldRules(
      renames: [
        "winlog.event_id": "EventID", "winlog.channel": "Channel",
        "winlog.computer_name": "Computer", "winlog.provider_name": "Provider_Name",
        "winlog.provider_guid": "Provider_Guid", "winlog.record_id": "EventRecordID",
        "winlog.task": "Task", "winlog.opcode": "Opcode", "winlog.version": "Version",
        "winlog.keywords": "Keywords", "winlog.process.pid": "Execution_ProcessID",
        "winlog.process.thread.id": "Execution_ThreadID",
        "winlog.activity_id": "Correlation_ActivityID",
        "winlog.user.identifier": "Security_UserID",
      ],
      hoisted: ["winlog.event_data", "winlog.user_data"], removesBlanks: true)
  )

  /// Winlogbeat before version 7, and what NXLog's and others' templates made of it.
  static let winlogbeat6 = SourceMapping(
    sourceType: "windows",
    names: ["windows", "winlogbeat", "sysmon"],
    shape: RecordShape(all: ["event_id", "log_name"]),
    logSources: .windows,
    columns: windowsColumns,
    senderIDs: windowsSenderIDs,
    fields: FieldRules(
      renames: [
        "event_id": "EventID", "log_name": "Channel", "computer_name": "Computer",
        "source_name": "Provider_Name", "provider_guid": "Provider_Guid",
        "record_number": "EventRecordID", "task": "Task", "opcode": "Opcode",
        "version": "Version", "keywords": "Keywords", "process_id": "Execution_ProcessID",
        "thread_id": "Execution_ThreadID", "activity_id": "Correlation_ActivityID",
        "level": "Level",
      ],
      hoisted: ["event_data", "user_data"], removesBlanks: true)
  )

  /// One flat object, as NXLog, Fluent Bit, Splunk and the data sets made with them have it; the event's
  /// data may be an object of its own.
  static let windowsFlat = SourceMapping(
    sourceType: "windows",
    names: ["windows", "nxlog", "sysmon"],
    shape: RecordShape(
      all: ["EventID"],
      anyOf: [
        [
          "Channel", "SourceName", "Provider_Name", "ProviderName", "EventRecordID", "RecordNumber",
          "LogName",
        ]
      ]),
    otherShapes: [
      RecordShape(all: ["EventCode"], anyOf: [["Channel", "LogName", "SourceName"]])
    ],
    logSources: .windows,
    columns: windowsColumns,
    senderIDs: windowsSenderIDs,
    fields: FieldRules(
      renames: [
        "SourceName": "Provider_Name", "ProviderName": "Provider_Name",
        "ProviderGuid": "Provider_Guid", "RecordNumber": "EventRecordID", "EventCode": "EventID",
        "LogName": "Channel", "ComputerName": "Computer",
        // Defender's own name for what found something, not the provider.
        "Source Name": "SourceName",
      ],
      copies: ["Hostname": "Computer"], hoisted: ["EventData", "UserData"], removesBlanks: true)
  )

  /// An event that is mapped already: `{"logsources":[[category,product,service],…],"fields":{…}}`.
  static let mapped = SourceMapping(
    sourceType: "unknown",
    names: [],
    shape: RecordShape(all: ["logsources", "fields"]),
    logSources: .declared(path: "logsources"),
    columns: windowsColumns + generic.columns.filter { !$0.strict } + [
      ColumnRule(.ts, "eventTime"), ColumnRule(.severity, "severity"),
      ColumnRule(.srcIP, "sourceIPAddress", "c-ip", "id.orig_h"),
      ColumnRule(.action, "action", "eventName", "cs-method"),
    ],
    fields: FieldRules(hoisted: ["fields"], skipped: ["logsources", "event_id", "src"])
  )
}
