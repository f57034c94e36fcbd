internal import Core

/// Log sources by source type and by service, each set made once and then shared.
struct LogSourceCatalog: Sendable {
  private var bySourceType: [String: LogSourceSet] = [:]
  private var byService: [String: LogSourceSet] = [:]

  /// Source types whose log sources do not follow from their name.
  private static let known: [String: [LogSource]] = [
    "unknown": [],
    "suricata": [
      LogSource(product: "suricata"), LogSource(category: "ids"),
      LogSource(category: "ids", product: "suricata"),
    ],
    "linux.sshd": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "sshd"),
      LogSource(product: "linux", service: "auth"),
    ],
    "linux.sudo": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "sudo"),
      LogSource(product: "linux", service: "auth"),
    ],
    "linux.clamav": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "clamav"),
      LogSource(product: "linux", service: "syslog"), LogSource(category: "antivirus"),
    ],
    "system.auth": [LogSource(product: "linux"), LogSource(product: "linux", service: "auth")],
    "system.syslog": [LogSource(product: "linux"), LogSource(product: "linux", service: "syslog")],
    "linux.journald": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "syslog"),
    ],
    "linux.syslog": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "syslog"),
    ],
    "webserver": [LogSource(category: "webserver")],
    "web.access": [LogSource(category: "webserver")],
    "apache": [LogSource(category: "webserver", service: "apache")],
    "apache.access": [LogSource(category: "webserver", service: "apache")],
    "nginx": [LogSource(category: "webserver", service: "nginx")],
    "nginx.access": [LogSource(category: "webserver", service: "nginx")],
    "iis": [LogSource(category: "webserver", service: "iis")],
    "iis.access": [LogSource(category: "webserver", service: "iis")],
    "antivirus": [LogSource(category: "antivirus")],
    "dns": [LogSource(category: "dns")],
    "proxy": [LogSource(category: "proxy")],
    "squid": [LogSource(category: "proxy"), LogSource(category: "proxy", product: "squid")],
    "firewall": [LogSource(category: "firewall")],
    "database": [LogSource(category: "database")],
    "netflow": [LogSource(service: "netflow")],
    "okta": [LogSource(product: "okta", service: "okta")],
    "fortigate": [
      LogSource(product: "fortigate"), LogSource(product: "fortigate", service: "event"),
      LogSource(product: "fortios", service: "sslvpnd"),
    ],
    "cisco": [
      LogSource(product: "cisco"), LogSource(product: "cisco", service: "aaa"),
      LogSource(product: "cisco", service: "bgp"), LogSource(product: "cisco", service: "ldp"),
      LogSource(product: "cisco", service: "syslog"),
    ],
    "juniper": [LogSource(product: "juniper"), LogSource(product: "juniper", service: "bgp")],
    "huawei": [LogSource(product: "huawei"), LogSource(product: "huawei", service: "bgp")],
    "paloalto.globalprotect": [
      LogSource(product: "paloalto", service: "globalprotect"),
      LogSource(category: "appliance", product: "paloalto", service: "globalprotect"),
      LogSource(category: "file_event", product: "paloalto", service: "globalprotect"),
    ],
    "opencanary": [LogSource(category: "application", product: "opencanary")],
    "kubernetes": [LogSource(category: "application", product: "kubernetes", service: "audit")],
    "kubernetes.audit": [
      LogSource(category: "application", product: "kubernetes", service: "audit")
    ],
    "cloudtrail": [LogSource(product: "aws", service: "cloudtrail")],
    "aws.cloudtrail": [LogSource(product: "aws", service: "cloudtrail")],
  ]

  /// What an endpoint's sensor saw, as the category under which rules look for it.
  mutating func set(platform: String, category: String, type: String) -> LogSourceSet {
    let key = [platform, category, type].joined(separator: "\u{0}")
    if let known = byService[key] { return known }
    let name: String? =
      switch (category, type) {
      case ("process", "start"): "process_creation"
      case ("process", "end"): "process_termination"
      case ("file", "deletion"): "file_delete"
      case ("file", "creation"): "file_event"
      case ("file", "change"): "file_event"
      case ("network", _): "network_connection"
      default: nil
      }
    let product = platform.isEmpty ? nil : platform
    let set = LogSourceSet(
      [LogSource(product: product)]
        + (name.map { [LogSource(category: $0, product: product)] } ?? []))
    if byService.count < 1024 { byService[key] = set }
    return set
  }

  /// `a.b` is product `a`, service `b`; `a` is a product.
  mutating func set(sourceType: String) -> LogSourceSet {
    if let known = bySourceType[sourceType] { return known }
    let name = sourceType.lowercased()
    let set = LogSourceSet(Self.known[name] ?? Self.application(name) ?? Self.derived(name))
    // A sender could name ever new source types: those beyond the bound are not shared.
    if bySourceType.count < 1024 { bySourceType[sourceType] = set }
    return set
  }

  /// The runtimes whose logs SigmaHQ's application rules read.
  private static let applications = [
    "django": "django", "jvm": "jvm", "java": "jvm", "nodejs": "nodejs", "node": "nodejs",
    "python": "python", "ruby_on_rails": "ruby_on_rails", "rails": "ruby_on_rails",
    "spring": "spring", "sql": "sql", "velocity": "velocity", "rpc_firewall": "rpc_firewall",
  ]

  private static func application(_ sourceType: String) -> [LogSource]? {
    applications[sourceType].map { [LogSource(category: "application", product: $0)] }
  }

  private static func derived(_ sourceType: String) -> [LogSource] {
    let parts = sourceType.lowercased().split(separator: ".", maxSplits: 1)
    guard let product = parts.first else { return [] }
    guard parts.count == 2 else { return [LogSource(product: String(product))] }
    return [
      LogSource(product: String(product)),
      LogSource(product: String(product), service: String(parts[1])),
    ]
  }

  mutating func set(
    product: String, service: String, always: [LogSource], besides: [LogSource] = []
  ) -> LogSourceSet {
    let key = product + "\u{0}" + service
    if let known = byService[key] { return known }
    let source = LogSource(product: product, service: service)
    let own = service.isEmpty || always.contains(source) ? [] : [source]
    let set = LogSourceSet(always + own + besides)
    if byService.count < 1024 { byService[key] = set }
    return set
  }
}
