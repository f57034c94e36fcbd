internal import Core

extension SourceMapping {
  /// Harrier's own flat names and the Elastic Common Schema, nested or dotted; also whatever no other
  /// mapping recognises. Values under Harrier's own names are a contract: one that cannot be read is an
  /// error of the record. Under any other name it only leaves the column empty.
  static let generic = SourceMapping(
    sourceType: "unknown",
    names: [],
    shape: RecordShape(),
    logSources: .bySourceType,
    columns: [
      ColumnRule(.ts, "ts", strict: true),
      ColumnRule(.ts, "timestamp", "time", "event.created", "eventtime", "datetime"),
      ColumnRule(.eventID, "event_id", "eventid"),
      ColumnRule(.severity, "severity", strict: true),
      ColumnRule(.severity, "event.severity"),
      ColumnRule(.srcIP, "src_ip", strict: true),
      ColumnRule(.srcIP, "client.ip", "source.address", "client.address", "source_ip", "srcip"),
      ColumnRule(.srcPort, "src_port", strict: true),
      ColumnRule(.srcPort, "client.port", "source_port"),
      ColumnRule(.dstIP, "dst_ip", strict: true),
      ColumnRule(.dstIP, "server.ip", "destination.address", "dest_ip", "destination_ip", "dstip"),
      ColumnRule(.dstPort, "dst_port", strict: true),
      ColumnRule(.dstPort, "server.port", "dest_port", "destination_port"),
      ColumnRule(.proto, "protocol", "network.protocol", "proto", reading: .lowercased),
      ColumnRule(.host, "host", "host.hostname", "hostname", "agent.hostname", "observer.name"),
      ColumnRule(.user, "user", "related.user", "username"),
      ColumnRule(.process, "process"),
      ColumnRule(.process, "process.executable", reading: .fileName),
      ColumnRule(.action, "action"),
      ColumnRule(.outcome, "outcome"),
      ColumnRule(.message, "message", "msg", "event.original"),
    ],
    senderIDs: [SenderIDRule("event.id"), SenderIDRule("_id")],
    lines: LineRule(
      message: "message",
      program: [
        "process", "program", "log.syslog.appname", "appname", "ident", "SYSLOG_IDENTIFIER",
      ])
  )
}
