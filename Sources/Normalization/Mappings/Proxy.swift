internal import Core

/// Web proxies. Rules call their fields by the names of Blue Coat's log format.
extension SourceMapping {
  /// Squid's access log as JSON (wiki.squid-cache.org, "Features/LogFormat").
  static let squidJSON = SourceMapping(
    sourceType: "squid",
    names: ["squid", "proxy"],
    shape: RecordShape(
      anyOf: [
        ["url", "uri", "request_url"],
        [
          "squid_action", "squid_request_status", "result_code",
          "hierarchy_code", "hierarchy", "squid_hierarchy_status",
        ],
      ]),
    logSources: .fixed([
      LogSource(category: "proxy"), LogSource(category: "proxy", product: "squid"),
    ]),
    columns: proxyColumns,
    fields: proxyFields)

  /// Blue Coat's log by its own names (techdocs.broadcom.com, "Access log formats").
  static let blueCoat = SourceMapping(
    sourceType: "bluecoat",
    names: ["bluecoat", "proxysg", "proxy"],
    shape: RecordShape(
      anyOf: [
        ["cs-method", "cs_method", "cs-host", "cs_host"],
        [
          "c-uri", "c-useragent", "cs-uri-scheme", "cs_uri_scheme", "s-action", "s_action",
          "cs-categories", "cs_categories",
        ],
      ]),
    logSources: .fixed([
      LogSource(category: "proxy"), LogSource(category: "proxy", product: "bluecoat"),
    ]),
    columns: proxyColumns + [
      ColumnRule(.srcIP, "c-ip"), ColumnRule(.dstIP, "r-ip"), ColumnRule(.user, "cs-username"),
    ],
    fields: FieldRules(
      renames: [
        "cs_method": "cs-method", "cs_host": "cs-host", "sc_status": "sc-status",
        "cs_uri_stem": "cs-uri-stem", "cs_user_agent": "cs-user-agent", "c_ip": "c-ip",
      ],
      copies: [
        "cs(User-Agent)": "c-useragent", "cs-user-agent": "c-useragent",
        "cs_user_agent": "c-useragent", "cs(Cookie)": "cs-cookie", "cs(Referer)": "cs-referer",
        "cs-uri-path": "cs-uri-stem", "cs_uri_path": "cs-uri-stem", "cs-uri-query": "c-uri-query",
        "cs_uri_query": "c-uri-query", "cs-uri-extension": "c-uri-extension",
        "cs_uri_extension": "c-uri-extension", "r-ip": "dst_ip", "cs-uri": "c-uri",
      ],
      moreCopies: [(path: "cs-uri-path", name: "c-uri"), (path: "cs_uri_path", name: "c-uri")],
      made: uriParts("c-uri")))

  /// Zscaler's web log (help.zscaler.com, "NSS feed output format: web logs").
  static let zscaler = SourceMapping(
    sourceType: "zscaler",
    names: ["zscaler", "proxy"],
    shape: RecordShape(
      all: ["url"],
      anyOf: [["requestmethod", "ereqmethod"], ["respcode", "useragent", "ehost", "hostname"]]),
    otherShapes: [
      RecordShape(
        all: ["sourcetype", "event"], values: [ValueCondition("sourcetype", "zscalernss-web")])
    ],
    logSources: .fixed([
      LogSource(category: "proxy"), LogSource(category: "proxy", product: "zscaler"),
    ]),
    columns: proxyColumns,
    fields: FieldRules(
      copies: proxyFields.copies, moreCopies: proxyFields.moreCopies, made: proxyFields.made,
      hoisted: ["event"]))

  static let proxyFields = FieldRules(
    copies: [
      "url": "c-uri", "uri": "c-uri", "request_url": "c-uri", "useragent": "c-useragent",
      "user_agent": "c-useragent", "http_user_agent": "c-useragent",
      "request_header_user_agent": "c-useragent", "method": "cs-method",
      "http_method": "cs-method", "request_method": "cs-method", "requestmethod": "cs-method",
      "status": "sc-status", "status_code": "sc-status", "http_status": "sc-status",
      "response_code": "sc-status", "respcode": "sc-status", "hostname": "cs-host",
      "host": "cs-host", "cookie": "cs-cookie", "server_ip": "dst_ip", "serverip": "dst_ip",
      "dest_ip": "dst_ip", "referer": "cs-referer", "refererURL": "cs-referer",
    ],
    moreCopies: [
      (path: "url", name: "cs-uri"), (path: "uri", name: "cs-uri"),
      (path: "request_url", name: "cs-uri"),
    ],
    made: ["url", "uri", "request_url"].flatMap { uriParts($0) })

  static func uriParts(_ path: String) -> [MadeField] {
    [
      MadeField("cs-host", path, .uriHost), MadeField("cs-uri-stem", path, .uriPath),
      MadeField("c-uri-query", path, .uriQuery), MadeField("c-uri-extension", path, .uriExtension),
    ]
  }

  static let proxyColumns: [ColumnRule] = [
    ColumnRule(
      .ts, "ts", "timestamp", "time", "@timestamp", "datetime", reading: .timeIfReadable),
    ColumnRule(.eventID, "sc-status"),
    ColumnRule(.severity, "c-uri", reading: .constant("1")),
    ColumnRule(
      .srcIP, "src_ip", "client_address", "client_ip", "clientip", "ClientIP", "cip", "remote_ip"),
    ColumnRule(.dstIP, "dst_ip"),
    ColumnRule(.host, "cs-host"),
    ColumnRule(.host, "c-uri", reading: .made(.uriHost)),
    ColumnRule(.user, "user", "username", "login", "user_name"),
    ColumnRule(.action, "cs-method"),
    ColumnRule(.message, "c-uri"),
  ]
}
