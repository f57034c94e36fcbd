internal import Core

/// What sensors on endpoints saw, in forms of their own.
extension SourceMapping {
  /// Elastic Endpoint and others that write processes, files and connections in the Elastic Common
  /// Schema; rules call these by Sysmon's names.
  static let endpoint = SourceMapping(
    sourceType: "endpoint",
    names: ["endpoint", "elastic.endpoint"],
    shape: RecordShape(
      all: ["process", "event"], anyOf: [["host", "agent"]],
      values: [
        ValueCondition("event.category", "process", "file", "network"),
        ValueCondition("process.executable"),
      ]),
    logSources: .endpoint(platform: "host.os.type", category: "event.category", type: "event.type"),
    columns: generic.columns,
    senderIDs: [SenderIDRule("event.id"), SenderIDRule("_id")],
    fields: FieldRules(
      copies: [
        "process.executable": "Image", "process.command_line": "CommandLine",
        "process.parent.executable": "ParentImage",
        "process.parent.command_line": "ParentCommandLine",
        "process.working_directory": "CurrentDirectory", "process.entity_id": "ProcessGuid",
        "process.pid": "ProcessId", "process.parent.pid": "ParentProcessId",
        "process.pe.original_file_name": "OriginalFileName", "process.pe.company": "Company",
        "process.pe.description": "Description", "process.pe.product": "Product",
        "process.pe.file_version": "FileVersion",
        "process.Ext.token.integrity_level_name": "IntegrityLevel", "user.name": "User",
        "file.path": "TargetFilename", "file.Ext.original.path": "SourceFilename",
        "destination.ip": "DestinationIp", "destination.port": "DestinationPort",
        "destination.domain": "DestinationHostname", "source.ip": "SourceIp",
        "source.port": "SourcePort", "network.transport": "Protocol",
        "process.hash.md5": "md5", "process.hash.sha256": "sha256",
      ],
      made: [
        MadeField(
          "Initiated", "network.direction",
          .table(["egress": "true", "outbound": "true", "ingress": "false", "inbound": "false"]))
      ]))

  /// Auditbeat's and Filebeat's audit records: the event below `auditd`.
  static let auditbeat = SourceMapping(
    sourceType: "linux.auditd",
    names: ["auditd", "auditbeat", "linux.auditd", "linux"],
    shape: RecordShape(all: ["auditd"]),
    logSources: .fixed([
      LogSource(product: "linux"), LogSource(product: "linux", service: "auditd"),
    ]),
    columns: generic.columns + [
      ColumnRule(.process, "comm", "exe", reading: .fileName),
      ColumnRule(.action, "SYSCALL", "type"),
    ],
    senderIDs: [SenderIDRule("event.id"), SenderIDRule("_id")],
    fields: FieldRules(
      renames: ["auditd.message_type": "type"],
      copies: [
        "auditd.data.syscall": "SYSCALL", "auditd.log.record_type": "type",
        "process.executable": "exe", "process.name": "comm", "tags": "key",
      ],
      moreCopies: [
        (path: "auditd.log.syscall", name: "SYSCALL"), (path: "auditd.log.key", name: "key"),
        (path: "user.effective.id", name: "euid"), (path: "user.id", name: "uid"),
      ],
      hoisted: ["auditd.data", "auditd.log", "auditd.paths"]))
}
