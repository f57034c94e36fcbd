internal import Core

extension SourceMapping {
  /// osquery's results log, differential or snapshot: `columns` holds the row.
  static let osquery = SourceMapping(
    sourceType: "osquery",
    names: ["osquery"],
    shape: RecordShape(
      all: ["hostIdentifier", "name"], anyOf: [["columns", "snapshot", "action"]]),
    logSources: .fixed([LogSource(product: "osquery")]),
    columns: [
      ColumnRule(.ts, "unixTime", "calendarTime"),
      ColumnRule(.eventID, "name"),
      ColumnRule(.severity, "name", reading: .constant("1")),
      ColumnRule(.srcIP, "columns.remote_address", "columns.src_ip"),
      ColumnRule(.dstPort, "columns.remote_port"),
      ColumnRule(.host, "hostIdentifier", "decorations.hostname"),
      ColumnRule(.user, "columns.username", "columns.user"),
      ColumnRule(.process, "columns.path", "columns.name", reading: .fileName),
      ColumnRule(.action, "action"),
      ColumnRule(.message, "columns.cmdline", "name"),
    ])
}
