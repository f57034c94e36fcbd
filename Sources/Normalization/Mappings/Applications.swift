internal import Core

/// Applications that write JSON of their own.
extension SourceMapping {
  /// The honeypot (opencanary.readthedocs.io); rules tell its events by `logtype`.
  static let openCanary = SourceMapping(
    sourceType: "opencanary",
    names: ["opencanary"],
    shape: RecordShape(all: ["logtype"], anyOf: [["node_id", "logdata", "src_host", "dst_host"]]),
    logSources: .fixed([LogSource(category: "application", product: "opencanary")]),
    columns: [
      ColumnRule(.ts, "utc_time", "local_time", reading: .timeIfReadable),
      ColumnRule(.eventID, "logtype"),
      ColumnRule(.severity, "logtype", reading: .constant("6")),
      ColumnRule(.srcIP, "src_host"),
      ColumnRule(.srcPort, "src_port"),
      ColumnRule(.dstIP, "dst_host"),
      ColumnRule(.dstPort, "dst_port"),
      ColumnRule(.host, "node_id"),
      ColumnRule(.user, "logdata.USERNAME"),
      ColumnRule(.action, "logtype"),
      ColumnRule(.message, "logdata.msg", "logdata.PATH", "logtype"),
    ])

  /// Bitbucket's audit log (confluence.atlassian.com, "View and configure the audit log").
  static let bitbucket = SourceMapping(
    sourceType: "bitbucket.audit",
    names: ["bitbucket", "bitbucket.audit"],
    shape: RecordShape(
      all: ["auditType"], anyOf: [["author", "timestamp", "affectedObjects", "source", "method"]]),
    logSources: .fixed([LogSource(product: "bitbucket", service: "audit")]),
    columns: [
      ColumnRule(.ts, "timestamp"),
      ColumnRule(.eventID, "auditType.action"),
      ColumnRule(.severity, "auditType.action", reading: .constant("1")),
      ColumnRule(.srcIP, "source"),
      ColumnRule(.user, "author.name"),
      ColumnRule(.action, "auditType.action"),
      ColumnRule(.message, "auditType.action"),
    ])

  /// The kernel's packet filter, and ufw and Shorewall before it: one packet a line.
  static let packetFilter = SourceMapping(
    sourceType: "linux.netfilter",
    names: ["netfilter", "iptables", "ufw", "linux.netfilter", "linux", "firewall"],
    shape: RecordShape(all: ["SRC", "DST", "PROTO"]),
    logSources: .fixed([
      LogSource(product: "linux"), LogSource(category: "firewall"),
      LogSource(category: "firewall", product: "linux"),
    ]),
    columns: [
      ColumnRule(.srcIP, "SRC"), ColumnRule(.srcPort, "SPT"), ColumnRule(.dstIP, "DST"),
      ColumnRule(.dstPort, "DPT"), ColumnRule(.proto, "PROTO", reading: .lowercased),
      ColumnRule(.severity, "SRC", reading: .constant("1")), ColumnRule(.action, "action"),
      ColumnRule(.eventID, "action"),
      ColumnRule(
        .outcome, "action", reading: .table(["accept": "success", "block": "failure"])),
      ColumnRule(.message, "message"),
    ])

  /// The Common Event Format, by the names of its dictionary.
  static let cef = SourceMapping(
    sourceType: "cef",
    names: ["cef", "arcsight"],
    shape: RecordShape(all: ["deviceVendor", "deviceProduct", "signatureId"]),
    logSources: .bySourceType,
    columns: [
      ColumnRule(
        .ts, "rt", "end", "start", "deviceReceiptTime", reading: .timeIfReadable),
      ColumnRule(.eventID, "signatureId"),
      ColumnRule(
        .severity, "cefSeverity",
        reading: .severities([
          "0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "10": 10,
          "low": 3, "medium": 5, "high": 7, "very-high": 9, "unknown": 0,
        ])),
      ColumnRule(.srcIP, "src", "c6a2"), ColumnRule(.srcPort, "spt"),
      ColumnRule(.dstIP, "dst", "c6a3"), ColumnRule(.dstPort, "dpt"),
      ColumnRule(.proto, "proto", reading: .lowercased), ColumnRule(.host, "dvchost", "dhost"),
      ColumnRule(.user, "duser", "suser"), ColumnRule(.process, "dproc", "sproc"),
      ColumnRule(.action, "act"), ColumnRule(.outcome, "outcome", reading: .lowercased),
      ColumnRule(.message, "msg", "name", "message"),
    ])

  /// Qualys' vulnerabilities, as rules name them.
  static let qualys = SourceMapping(
    sourceType: "qualys",
    names: ["qualys"],
    shape: RecordShape(
      anyOf: [
        ["host.scan.vuln", "host.scan.vuln_name"],
        ["event.category", "event", "host.scan.vuln_name"],
      ]),
    logSources: .fixed([LogSource(product: "qualys")]),
    columns: generic.columns)

  /// FortiGate's events as JSON, by the names of its own log (docs.fortinet.com, "FortiOS Log
  /// Message Reference").
  static let fortigate = SourceMapping(
    sourceType: "fortigate",
    names: ["fortigate", "fortinet", "fortios"],
    shape: RecordShape(
      all: ["logid", "type"], anyOf: [["devname", "devid", "subtype", "vd"]]),
    logSources: .tableOf(
      paths: ["type"],
      sources: [
        "traffic": [
          LogSource(category: "firewall"), LogSource(category: "firewall", product: "fortigate"),
          LogSource(product: "fortigate", service: "traffic"),
        ],
        "event": [
          LogSource(product: "fortigate", service: "event"),
          LogSource(product: "fortios", service: "sslvpnd"),
        ],
      ], otherwise: [LogSource(product: "fortigate")]),
    columns: [
      ColumnRule(.ts, "eventtime", "itime", "@timestamp", reading: .timeIfReadable),
      ColumnRule(.eventID, "logid"),
      ColumnRule(
        .severity, "level",
        reading: .severities([
          "emergency": 7, "alert": 7, "critical": 7, "error": 4, "warning": 3, "notice": 1,
          "information": 1, "debug": 1,
        ])),
      ColumnRule(.srcIP, "srcip", "remip"),
      ColumnRule(.srcPort, "srcport"),
      ColumnRule(.dstIP, "dstip"),
      ColumnRule(.dstPort, "dstport"),
      ColumnRule(
        .proto, "proto", reading: .table(["6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"])),
      ColumnRule(.host, "devname", "devid"),
      ColumnRule(.user, "user"),
      ColumnRule(.action, "action"),
      ColumnRule(.outcome, "status", reading: .lowercased),
      ColumnRule(.message, "msg", "logdesc"),
    ])
}
