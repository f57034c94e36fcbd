internal import Core

extension SourceMapping {
  /// The honeypot's JSON log (cowrie.readthedocs.io, "Output Event Code Reference"). Whoever talks to a
  /// honeypot is up to something, and what was done there ranks above what was tried.
  static let cowrie = SourceMapping(
    sourceType: "cowrie",
    names: ["cowrie"],
    shape: RecordShape(all: ["eventid", "session"], anyOf: [["src_ip", "sensor", "message"]]),
    logSources: .fixed([
      LogSource(product: "cowrie"), LogSource(category: "honeypot", product: "cowrie"),
    ]),
    columns: [
      ColumnRule(.ts, "timestamp"),
      ColumnRule(.eventID, "eventid"),
      ColumnRule(
        .severity, "eventid",
        reading: .severities([
          "cowrie.session.connect": 2, "cowrie.session.closed": 1, "cowrie.login.failed": 4,
          "cowrie.login.success": 7, "cowrie.command.input": 7, "cowrie.command.failed": 6,
          "cowrie.session.file_download": 8, "cowrie.session.file_upload": 8,
          "cowrie.direct-tcpip.request": 6, "cowrie.direct-tcpip.data": 6,
        ])),
      ColumnRule(.severity, "eventid", reading: .constant("1")),
      ColumnRule(.srcIP, "src_ip"),
      ColumnRule(.srcPort, "src_port"),
      ColumnRule(.dstIP, "dst_ip"),
      ColumnRule(.dstPort, "dst_port"),
      ColumnRule(.proto, "protocol", reading: .lowercased),
      ColumnRule(.host, "sensor", "host"),
      ColumnRule(.user, "username"),
      ColumnRule(
        .action, "eventid",
        reading: .table([
          "cowrie.login.failed": "login", "cowrie.login.success": "login",
          "cowrie.command.input": "execute", "cowrie.command.failed": "execute",
          "cowrie.session.connect": "connect", "cowrie.session.closed": "disconnect",
          "cowrie.session.file_download": "download", "cowrie.session.file_upload": "upload",
        ])),
      ColumnRule(.action, "eventid"),
      ColumnRule(
        .outcome, "eventid",
        reading: .table([
          "cowrie.login.failed": "failure", "cowrie.login.success": "success",
          "cowrie.command.failed": "failure",
        ])),
      ColumnRule(.message, "message"),
    ]
  )
}
