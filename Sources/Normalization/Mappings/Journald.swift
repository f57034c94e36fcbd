internal import Core

extension SourceMapping {
  /// journald's JSON export (systemd.journal-fields(7)): all values are strings, or arrays of bytes
  /// where they are not UTF-8.
  static let journald = SourceMapping(
    sourceType: "linux.journald",
    names: ["journald", "systemd", "linux.journald", "linux"],
    shape: RecordShape(
      all: ["MESSAGE"],
      anyOf: [
        [
          "__REALTIME_TIMESTAMP", "__CURSOR", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_COMM",
          "_BOOT_ID",
        ]
      ]),
    logSources: .bySourceType,
    columns: [
      ColumnRule(.ts, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"),
      ColumnRule(
        .severity, "PRIORITY",
        reading: .severities([
          "0": 7, "1": 7, "2": 7, "3": 4, "4": 3, "5": 1, "6": 1, "7": 1,
        ])),
      ColumnRule(.host, "_HOSTNAME"),
      ColumnRule(.process, "SYSLOG_IDENTIFIER", "_COMM"),
      ColumnRule(.message, "MESSAGE"),
    ],
    senderIDs: [SenderIDRule("__CURSOR")],
    fields: FieldRules(arrayTexts: ["MESSAGE"]),
    lines: LineRule(
      message: "MESSAGE", program: ["SYSLOG_IDENTIFIER", "_COMM"], replacesSeverity: true)
  )
}
