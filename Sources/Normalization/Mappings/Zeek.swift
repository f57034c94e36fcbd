internal import Core

extension SourceMapping {
  /// Zeek's JSON logs, with `id.orig_h` or `id_orig_h`, `_path` or `@stream`. The log's name is the
  /// service of the log source, as Sigma's Zeek rules have it.
  static let zeek = SourceMapping(
    sourceType: "zeek",
    names: ["zeek", "bro"],
    shape: RecordShape(
      anyOf: [
        ["_path", "@stream", "id.orig_h", "id_orig_h"],
        ["ts", "_write_ts", "uid", "@system", "@proc"],
      ]),
    logSources: .service(
      path: "_path", product: "zeek", always: [LogSource(product: "zeek")],
      besides: [
        "dns": [LogSource(category: "dns", product: "zeek", service: "dns")],
        "http": [LogSource(category: "proxy", product: "zeek", service: "http")],
      ]),
    columns: [
      ColumnRule(.ts, "ts", "_write_ts"),
      ColumnRule(.eventID, "_path"),
      ColumnRule(
        .severity, "_path",
        reading: .severities(["notice": 5, "intel": 7, "signatures": 7, "weird": 2])),
      ColumnRule(.severity, "_path", "ts", reading: .constant("1")),
      ColumnRule(.srcIP, "id.orig_h", "src", "orig_h"),
      ColumnRule(.srcPort, "id.orig_p"),
      ColumnRule(.dstIP, "id.resp_h", "dst", "resp_h"),
      ColumnRule(.dstPort, "id.resp_p"),
      ColumnRule(.proto, "proto", "trans_proto", reading: .lowercased),
      ColumnRule(.host, "_system_name", "@system", "peer_descr"),
      ColumnRule(.user, "username", "user", "client", "cookie"),
      ColumnRule(.action, "_path"),
      ColumnRule(.message, "msg", "note", "query", "uri", "server_name", "name", "cause"),
    ],
    fields: FieldRules(
      renames: [
        "@stream": "_path", "id_orig_h": "id.orig_h", "id_orig_p": "id.orig_p",
        "id_resp_h": "id.resp_h", "id_resp_p": "id.resp_p",
      ],
      // By the names of rules that hold for any resolver and any proxy.
      copies: [
        "qtype_name": "record_type", "answers": "answer", "uri": "c-uri",
        "user_agent": "c-useragent", "status_code": "sc-status",
        "method": "cs-method", "host": "cs-host",
      ])
  )
}
