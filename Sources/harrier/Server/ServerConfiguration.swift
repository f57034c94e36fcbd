import Access
import Core
import Ingestion

/// What `harrier serve` needs to know, read from `Settings`.
struct ServerConfiguration {
  /// What this node does. Every node may do everything.
  enum Role: String, CaseIterable {
    case ingest, api, correlate, maintain
  }

  var databaseURL: String
  /// The login of tenants' queries; nil lets `databaseURL` take on their role.
  var queryDatabaseURL: String?
  /// Nil runs without a cache: every answer is still right, only slower.
  var redisURL: String?
  var host: String
  /// 0 lets the system choose.
  var port: Int
  var roles: Set<Role>
  var rulePaths: [String]
  /// Seconds of event time without a detection that end the incident of a plain rule.
  var incidentGapSeconds: Int
  /// Days in which the risk of an entity halves.
  var riskHalfLifeDays: Int
  /// A user's own mappings of records to events.
  var mappingPaths: [String]
  var migrations: String
  var logLevel: String
  /// Statements that take longer are logged.
  var slowQueryMilliseconds: Int
  /// Connections that commit events.
  var writers: Int
  /// Connections for everything else.
  var connections: Int
  var limits: IngestLimits
  /// Signs access tokens; nil keeps a random key in the database.
  var tokenSecret: String?
  /// Seal the secrets that the database keeps, the first of them; empty derives one from what signs.
  var secretKeys: [Secret<[UInt8]>]
  /// The name of this node in the database.
  var node: String
  /// Seconds until others correlate the shards of a node that no longer answers, and until the
  /// database ends the transactions that it left open.
  var leaseSeconds: Int
  /// Whose pages may read answers in a browser.
  var origins: Set<String>
  /// Who may say by `X-Forwarded-For` who the client is.
  var proxies: [CIDRBlock]
  /// Wrong credentials that an address may try a minute.
  var failedCredentials: Int
  var live: LiveConfiguration

  init(_ settings: Settings) throws {
    databaseURL = try settings.required(
      "HARRIER_DATABASE_URL", "a PostgreSQL URL, such as postgresql://harrier@localhost/harrier")
    queryDatabaseURL = settings.text("HARRIER_QUERY_DATABASE_URL")
    redisURL = settings.text("HARRIER_REDIS_URL")
    host = settings.text("HARRIER_HOST", default: "127.0.0.1")
    port = try settings.integer("HARRIER_PORT", default: 8080, in: 0...65535)
    let names = settings.list("HARRIER_ROLES", separator: ",")
    roles = try names.isEmpty ? Set(Role.allCases) : Set(names.map { try Self.role(named: $0) })
    let paths = settings.list("HARRIER_RULES", separator: ":")
    rulePaths = paths.isEmpty ? [FileText.besideProgram("ops/rules")].compactMap { $0 } : paths
    incidentGapSeconds = try settings.integer(
      "HARRIER_INCIDENT_GAP_SECONDS", default: 3600, in: 1...604_800)
    riskHalfLifeDays = try settings.integer(
      "HARRIER_RISK_HALF_LIFE_DAYS", default: 7, in: 1...365)
    mappingPaths = settings.list("HARRIER_MAPPINGS", separator: ":")
    migrations = try Self.migrations(settings)
    logLevel = settings.text("HARRIER_LOG_LEVEL", default: "info")
    slowQueryMilliseconds = try settings.integer(
      "HARRIER_SLOW_QUERY_MS", default: 100, in: 1...3_600_000)
    writers = try settings.integer("HARRIER_WRITERS", default: 2, in: 1...16)
    connections = try settings.integer("HARRIER_CONNECTIONS", default: 10, in: 2...200)
    tokenSecret = settings.text("HARRIER_JWT_SECRET")
    do {
      secretKeys = try settings.text("HARRIER_SECRET_KEY").map { try SecretBox.keys($0) } ?? []
    } catch let error as AccessError {
      throw CommandError(.usage, "\(error)")
    }
    node = settings.text("HARRIER_NODE", default: Hostname.current)
    leaseSeconds = try settings.integer("HARRIER_LEASE_SECONDS", default: 10, in: 1...3600)
    origins = try Self.origins(settings)
    proxies = try settings.list("HARRIER_TRUSTED_PROXIES", separator: ",").map { text in
      guard let block = CIDRBlock(text) else {
        throw CommandError(
          .usage, "HARRIER_TRUSTED_PROXIES: \(text) is no address and no network such as 10.0.0.0/8"
        )
      }
      return block
    }
    failedCredentials = try settings.integer(
      "HARRIER_FAILED_CREDENTIALS", default: 120, in: 1...1_000_000)
    live = try LiveConfiguration(settings)
    limits = IngestLimits()
    limits.bodyBytes = try settings.integer(
      "HARRIER_MAX_BODY_BYTES", default: limits.bodyBytes, in: 1024...(1 << 30))
    limits.inflatedBytes = try settings.integer(
      "HARRIER_MAX_INFLATED_BYTES", default: limits.inflatedBytes, in: 1024...(1 << 30))
    limits.memoryBytes = try settings.integer(
      "HARRIER_MEMORY_BYTES", default: limits.memoryBytes, in: (1 << 20)...(1 << 40))
    limits.hold = .milliseconds(
      try settings.integer("HARRIER_HOLD_MS", default: 5000, in: 0...60000))
    limits.retentionDays = Int64(
      try settings.integer("HARRIER_RETENTION_DAYS", default: 7300, in: 1...36500))
  }

  private static func role(named name: String) throws -> Role {
    guard let role = Role(rawValue: name) else {
      let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError(.usage, "HARRIER_ROLES: no role is called \(name): use \(known)")
    }
    return role
  }

  /// Exact origins; a pattern would be as good as none.
  private static func origins(_ settings: Settings) throws -> Set<String> {
    let names = settings.list("HARRIER_CORS_ORIGINS", separator: ",")
    for name in names {
      guard let scheme = ["https://", "http://"].first(where: { name.hasPrefix($0) }),
        case let host = name.dropFirst(scheme.count), !host.isEmpty,
        host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"/?#*@".utf8.contains($0) })
      else {
        throw CommandError(
          .usage, "HARRIER_CORS_ORIGINS: \(name) is no origin such as https://console.example.org")
      }
    }
    return Set(names.map { $0.lowercased() })
  }

  /// The folder of migrations: configured, or that of the checkout the program was built in.
  static func migrations(_ settings: Settings) throws -> String {
    if let path = settings.text("HARRIER_MIGRATIONS") { return path }
    guard let path = FileText.besideProgram("Migrations") else {
      throw CommandError(
        .usage, "HARRIER_MIGRATIONS is not set: give the folder of Harrier's *.sql")
    }
    return path
  }
}
