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
    "linux.journald": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "syslog"),
    ],
    "linux.syslog": [
      LogSource(product: "linux"), LogSource(product: "linux", service: "syslog"),
    ],
    "webserver": [LogSource(category: "webserver")],
    "web.access": [LogSource(category: "webserver")],
    "apache": [LogSource(category: "webserver", service: "apache")],
    "nginx": [LogSource(category: "webserver", service: "nginx")],
    "iis": [LogSource(category: "webserver", service: "iis")],
    "cloudtrail": [LogSource(product: "aws", service: "cloudtrail")],
    "aws.cloudtrail": [LogSource(product: "aws", service: "cloudtrail")],
  ]

  /// `a.b` is product `a`, service `b`; `a` is a product.
  mutating func set(sourceType: String) -> LogSourceSet {
    if let known = bySourceType[sourceType] { return known }
    let set = LogSourceSet(Self.known[sourceType] ?? Self.derived(sourceType))
    // A sender could name ever new source types: those beyond the bound are not shared.
    if bySourceType.count < 1024 { bySourceType[sourceType] = set }
    return set
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

  mutating func set(product: String, service: String, always: [LogSource]) -> LogSourceSet {
    let key = product + "\u{0}" + service
    if let known = byService[key] { return known }
    let own = service.isEmpty ? [] : [LogSource(product: product, service: service)]
    let set = LogSourceSet(always + own)
    if byService.count < 1024 { byService[key] = set }
    return set
  }
}
