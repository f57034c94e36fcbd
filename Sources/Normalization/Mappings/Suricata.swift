internal import Core

extension SourceMapping {
  /// Suricata's EVE JSON, every event type (docs.suricata.io, "EVE JSON Format").
  ///
  /// Suricata's own severity runs from 1, the worst, to 4: 1 becomes 9, 2 becomes 6, 3 becomes 3, and
  /// 4 becomes 1; an event that is no alert has 1. Fields are called by their EVE paths
  /// (`alert.signature_id`, `http.url`).
  static let suricata = SourceMapping(
    sourceType: "suricata",
    names: ["suricata", "eve", "suricata.eve"],
    shape: RecordShape(
      all: ["event_type", "timestamp"],
      anyOf: [["flow_id", "proto", "dest_ip", "src_ip", "pcap_cnt", "stats", "in_iface"]]),
    logSources: .tableOf(
      paths: ["event_type"],
      sources: ["dns": ids + [LogSource(category: "dns", product: "suricata")]],
      otherwise: ids),
    columns: [
      ColumnRule(.ts, "timestamp"),
      ColumnRule(.eventID, "alert.signature_id"),
      ColumnRule(.eventID, "event_type"),
      ColumnRule(
        .severity, "alert.severity", reading: .severities(["1": 9, "2": 6, "3": 3, "4": 1])),
      ColumnRule(.severity, "event_type", reading: .constant("1")),
      ColumnRule(.srcIP, "src_ip"),
      ColumnRule(.srcPort, "src_port"),
      ColumnRule(.dstIP, "dest_ip"),
      ColumnRule(.dstPort, "dest_port"),
      ColumnRule(.proto, "proto", reading: .lowercased),
      ColumnRule(.host, "host", "sensor_name"),
      ColumnRule(.action, "alert.action"),
      ColumnRule(.action, "event_type"),
      ColumnRule(
        .outcome, "alert.action",
        reading: .table(["allowed": "success", "blocked": "failure", "drop": "failure"])),
      ColumnRule(
        .message, "alert.signature", "dns.rrname", "dns.query.rrname", "http.url", "tls.sni",
        "tls.subject", "fileinfo.filename", "anomaly.event", "ssh.client.software_version"),
    ],
    senderIDs: [
      SenderIDRule(
        "flow_id", "timestamp", "alert.signature_id", optional: ["tx_id", "alert.gid", "pcap_cnt"]),
      SenderIDRule("flow_id", "timestamp", "flow.reason"),
    ],
    fields: FieldRules(
      copies: [
        "dns.rrname": "query", "dns.rrtype": "record_type", "dns.rdata": "answer",
        "dns.queries.rrname": "query", "dns.queries.rrtype": "record_type",
        "dns.answers.rdata": "answer",
      ])
  )

  private static let ids = [
    LogSource(product: "suricata"), LogSource(category: "ids"),
    LogSource(category: "ids", product: "suricata"),
  ]
}
