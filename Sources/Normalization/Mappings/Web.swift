internal import Core

/// Access logs of web servers as JSON. Rules call the fields by the names of the W3C extended log file
/// format, of which `cs-uri-query` is the whole of the path and the query.
extension SourceMapping {
  /// nginx, with the names of its variables (nginx.org, "Alphabetical index of variables").
  static let nginxJSON = SourceMapping(
    sourceType: "nginx",
    names: ["nginx", "webserver", "web"],
    shape: RecordShape(
      all: ["remote_addr"],
      anyOf: [["request", "request_uri", "uri"], ["status", "http_user_agent", "request_method"]]),
    logSources: .fixed([LogSource(category: "webserver", service: "nginx")]),
    columns: webColumns,
    fields: FieldRules(
      copies: [
        "request_method": "cs-method", "request_uri": "cs-uri-query", "uri": "cs-uri-stem",
        "status": "sc-status", "http_user_agent": "cs-user-agent", "http_referer": "cs-referer",
        "http_referrer": "cs-referer", "remote_user": "cs-username", "remote_addr": "c-ip",
        "host": "cs-host", "http_host": "cs-host", "body_bytes_sent": "sc-bytes",
        "http_cookie": "cs-cookie", "content_type": "cs-content-type",
      ],
      moreCopies: [
        (path: "request_uri", name: "c-uri"), (path: "http_user_agent", name: "c-useragent"),
      ],
      made: fromRequest("request") + [MadeField("cs-uri-stem", "request_uri", .uriPath)]))

  /// Apache by Logstash's and Fluentd's names (`%{COMBINEDAPACHELOG}`, `apache2`).
  static let apacheJSON = SourceMapping(
    sourceType: "apache",
    names: ["apache", "webserver", "web"],
    shape: RecordShape(
      anyOf: [
        ["clientip", "host", "remote", "client"], ["verb", "method"], ["request", "path"],
        ["response", "code", "referrer", "httpversion"],
      ]),
    logSources: .fixed([LogSource(category: "webserver", service: "apache")]),
    columns: webColumns + [ColumnRule(.srcIP, "host")],
    fields: FieldRules(
      copies: [
        "clientip": "c-ip", "remote": "c-ip", "verb": "cs-method", "method": "cs-method",
        "request": "cs-uri-query", "path": "cs-uri-query", "response": "sc-status",
        "code": "sc-status", "status": "sc-status", "agent": "cs-user-agent",
        "referrer": "cs-referer", "referer": "cs-referer", "auth": "cs-username",
        "bytes": "sc-bytes", "size": "sc-bytes", "vhost": "cs-host",
      ],
      moreCopies: [
        (path: "request", name: "c-uri"), (path: "path", name: "c-uri"),
        (path: "agent", name: "c-useragent"),
      ],
      made: [
        MadeField("cs-uri-stem", "request", .uriPath), MadeField("cs-uri-stem", "path", .uriPath),
      ]))

  /// IIS by the names of its W3C log, with dashes, underscores or the parentheses of the file.
  static let iisJSON = SourceMapping(
    sourceType: "iis",
    names: ["iis", "webserver", "web"],
    shape: RecordShape(
      anyOf: [
        ["cs-method", "cs_method", "csMethod", "CsMethod", "cs-uri-stem", "cs_uri_stem"],
        ["sc-status", "sc_status", "scStatus", "ScStatus", "cs-uri-query", "cs_uri_query"],
      ]),
    logSources: .fixed([LogSource(category: "webserver", service: "iis")]),
    columns: webColumns,
    fields: FieldRules(
      renames: [
        "cs(User-Agent)": "cs-user-agent", "cs(Referer)": "cs-referer", "cs(Cookie)": "cs-cookie",
        "cs(Host)": "cs-host", "cs_method": "cs-method", "cs_uri_stem": "cs-uri-stem",
        "cs_uri_query": "cs-uri-query", "cs_username": "cs-username", "cs_host": "cs-host",
        "cs_user_agent": "cs-user-agent", "cs_referer": "cs-referer", "sc_status": "sc-status",
        "c_ip": "c-ip", "s_ip": "s-ip", "s_port": "s-port", "sc_bytes": "sc-bytes",
        "cs_cookie": "cs-cookie", "CsMethod": "cs-method", "CsUriStem": "cs-uri-stem",
        "CsUriQuery": "cs-uri-query", "CsUsername": "cs-username", "CsHost": "cs-host",
        "UserAgent": "cs-user-agent", "Referer": "cs-referer", "ScStatus": "sc-status",
        "CIp": "c-ip", "ScBytes": "sc-bytes", "Cookie": "cs-cookie", "csMethod": "cs-method",
        "csUriStem": "cs-uri-stem", "csUriQuery": "cs-uri-query", "csUserName": "cs-username",
        "csHost": "cs-host", "csUserAgent": "cs-user-agent", "csReferer": "cs-referer",
        "scStatus": "sc-status", "cIP": "c-ip", "scBytes": "sc-bytes", "csCookie": "cs-cookie",
      ]))

  /// Caddy (caddyserver.com, "Log structure").
  static let caddy = SourceMapping(
    sourceType: "webserver",
    names: ["caddy", "webserver", "web"],
    shape: RecordShape(
      all: ["request", "status"], values: [ValueCondition("request.uri")]),
    logSources: .fixed([LogSource(category: "webserver", service: "caddy")]),
    columns: webColumns,
    fields: FieldRules(
      copies: [
        "request.method": "cs-method", "request.uri": "cs-uri-query", "request.host": "cs-host",
        "request.remote_ip": "c-ip", "request.client_ip": "c-ip", "status": "sc-status",
        "size": "sc-bytes", "user_id": "cs-username",
        "request.headers.User-Agent": "cs-user-agent", "request.headers.Referer": "cs-referer",
        "request.headers.Cookie": "cs-cookie", "request.headers.Content-Type": "cs-content-type",
      ],
      moreCopies: [
        (path: "request.uri", name: "c-uri"),
        (path: "request.headers.User-Agent", name: "c-useragent"),
      ],
      made: [MadeField("cs-uri-stem", "request.uri", .uriPath)]))

  /// Any server's requests in the Elastic Common Schema (Filebeat's modules for Apache, nginx, IIS).
  static let ecsWeb = SourceMapping(
    sourceType: "webserver",
    names: ["webserver", "web", "apache", "nginx", "iis"],
    shape: RecordShape(
      all: ["http", "url"], anyOf: [["source", "event", "user_agent", "client"]]),
    otherShapes: [
      RecordShape(all: ["http.request.method"], anyOf: [["url.original", "url.path", "url.full"]])
    ],
    logSources: .fixed([LogSource(category: "webserver")]),
    columns: generic.columns + webColumns,
    senderIDs: [SenderIDRule("event.id"), SenderIDRule("_id")],
    fields: FieldRules(
      copies: [
        "http.request.method": "cs-method", "url.original": "cs-uri-query",
        "url.path": "cs-uri-stem", "url.domain": "cs-host",
        "http.response.status_code": "sc-status", "http.response.body.bytes": "sc-bytes",
        "http.request.referrer": "cs-referer", "user_agent.original": "cs-user-agent",
        "user.name": "cs-username", "source.address": "c-ip", "client.ip": "c-ip",
      ],
      moreCopies: [
        (path: "url.original", name: "c-uri"), (path: "user_agent.original", name: "c-useragent"),
      ],
      made: [
        MadeField("cs-uri-stem", "url.original", .uriPath),
        MadeField("cs-uri-query", "url.path", .uriPath),
      ]))

  /// The method, the URI and its path of a request line.
  private static func fromRequest(_ path: String) -> [MadeField] {
    [
      MadeField("cs-method", path, .requestMethod), MadeField("cs-uri-query", path, .requestURI),
      MadeField("cs-uri-stem", path, .requestPath), MadeField("c-uri", path, .requestURI),
    ]
  }

  static let webColumns: [ColumnRule] = [
    ColumnRule(
      .ts, "time_iso8601", "@timestamp", "msec", "time_local", "time", "timestamp", "ts",
      "TimeGenerated", "datetime", reading: .timeIfReadable),
    ColumnRule(.eventID, "sc-status"),
    ColumnRule(.severity, "sc-status", "cs-method", reading: .constant("1")),
    ColumnRule(.srcIP, "c-ip", "src_ip"),
    ColumnRule(.srcPort, "remote_port", "src_port"),
    ColumnRule(.dstIP, "s-ip", "server_addr"),
    ColumnRule(.dstPort, "s-port", "server_port"),
    ColumnRule(.host, "cs-host", "s-computername", "host", "server_name"),
    ColumnRule(.user, "cs-username"),
    ColumnRule(.action, "cs-method"),
    ColumnRule(.action, "request", reading: .made(.requestMethod)),
    ColumnRule(.message, "request", "cs-uri-query", "cs-uri-stem"),
  ]
}
