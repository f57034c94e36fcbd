public import Access
public import EventStore
public import Hummingbird
internal import HummingbirdCore
public import Ingestion
public import Logging
internal import NIOCore
public import RateLimits
public import Telemetry
public import Tenancy

/// The HTTP service: every route with what it needs, on one address.
public struct HarrierService: Sendable {
  /// Which routes are there. Health, readiness and metrics always are.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// Events are taken.
    public static let ingest = Parts(rawValue: 1)
    /// People log in and read.
    public static let api = Parts(rawValue: 2)
    public static let all: Parts = [.ingest, .api]
  }

  /// How long a connection may stay silent between requests and within one.
  private static let idleTimeout = TimeAmount.seconds(60)

  public var access: AccessControl
  public var tenants: TenantPool
  public var ingestor: Ingestor
  /// Reads the audit log.
  public var audit: AuditQueries
  public var events: EventQueries
  public var incidents: IncidentDesk
  public var rules: RuleDesk
  public var streams: StreamDesk
  public var webhooks: WebhookDesk
  public var analytics: AnalyticsDesk
  public var installation: InstallationDesk
  public var cached: CachedReads
  public var readiness: Readiness
  public var metrics: MetricsRegistry
  public var parts: Parts
  /// Of the program, for the OpenAPI document.
  public var version: String
  /// Counts requests of credentials; nil limits nothing.
  public var limiter: RateLimiter?
  /// Counts wrong credentials by address; nil lets everybody fail.
  public var failures: FailureLimiter?
  /// The same for passwords and refresh tokens.
  public var secretFailures: FailureLimiter?
  /// Whose pages may read answers, such as `https://console.example.org`.
  public var origins: Set<String> = []
  /// Who may say by `X-Forwarded-For` who the client is.
  public var proxies = TrustedProxies()

  public init(
    access: AccessControl, tenants: TenantPool, audit: AuditQueries, ingestor: Ingestor,
    events: EventQueries, incidents: IncidentDesk, rules: RuleDesk, streams: StreamDesk,
    webhooks: WebhookDesk, analytics: AnalyticsDesk, installation: InstallationDesk,
    cached: CachedReads, readiness: Readiness, metrics: MetricsRegistry,
    parts: Parts = .all, version: String = "0"
  ) {
    self.access = access
    self.tenants = tenants
    self.audit = audit
    self.ingestor = ingestor
    self.events = events
    self.incidents = incidents
    self.rules = rules
    self.streams = streams
    self.webhooks = webhooks
    self.analytics = analytics
    self.installation = installation
    self.cached = cached
    self.readiness = readiness
    self.metrics = metrics
    self.parts = parts
    self.version = version
  }

  private static let identitySchemas: [(name: String, schema: Schema)] =
    AuthRoutes.schemas + AccountRoutes.schemas + UserRoutes.schemas + KeyRoutes.schemas
    + OrganizationRoutes.schemas + AuditRoutes.schemas

  /// What the OpenAPI document names.
  static let schemas: [(name: String, schema: Schema)] =
    identitySchemas + EventRoutes.schemas + IncidentRoutes.schemas + IngestRoutes.schemas
    + RuleRoutes.schemas + RuleExceptionRoutes.schemas
    + ExplainRoutes.schemas + OperationRoutes.schemas + CacheRoutes.schemas + WebhookRoutes.schemas
    + AnalyticsRoutes.schemas + EntityRoutes.schemas + QuarantineRoutes.schemas
    + InstallationRoutes.schemas

  /// The server as a service of its own.
  ///
  /// - Parameters:
  ///   - port: 0 lets the system choose.
  ///   - running: is told the port once the service answers.
  public func application(
    host: String, port: Int, logger: Logger, running: @escaping @Sendable (Int) async -> Void
  ) -> some ApplicationProtocol {
    Application(
      responder: responder(),
      server: .onEventLoops(
        HTTP1Channel.Configuration(
          additionalChannelHandlers: [ContinueHandler(), MalformedRequestHandler()],
          idleTimeout: Self.idleTimeout)),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil, backlog: 1024),
      onServerRunning: { channel in await running(channel.localAddress?.port ?? port) },
      logger: logger)
  }

  func responder() -> RouterResponder<HarrierRequestContext> {
    ServiceRouter.responder(origins: origins, proxies: proxies) { router in
      let gate = RequestGate(
        access: access, tenants: tenants,
        limits: RequestLimits(
          limiter: limiter, failures: failures, secretFailures: secretFailures))
      let routes = RouteTable(
        router: router, gate: gate, audit: access.audit, cached: cached)
      if parts.contains(.ingest) {
        IngestRoutes(access: access, ingestor: ingestor).add(to: routes)
      }
      if parts.contains(.api) {
        EventRoutes(access: access, events: events, cached: cached).add(to: routes)
        IncidentRoutes(access: access, desk: incidents, cached: cached).add(to: routes)
        RuleRoutes(access: access, desk: rules).add(to: routes)
        RuleExceptionRoutes(access: access, desk: rules).add(to: routes)
        RuleTestRoutes(access: access, desk: rules).add(to: routes)
        ExplainRoutes(access: access, desk: rules, events: events, incidents: incidents)
          .add(to: routes)
        AuthRoutes(access: access).add(to: routes)
        AccountRoutes(access: access).add(to: routes)
        UserRoutes(access: access).add(to: routes)
        KeyRoutes(access: access).add(to: routes)
        OrganizationRoutes(access: access).add(to: routes)
        AuditRoutes(access: access, audit: audit).add(to: routes)
        StreamRoutes(access: access, desk: streams).add(to: routes)
        WebhookRoutes(access: access, desk: webhooks).add(to: routes)
        AnalyticsRoutes(desk: analytics, cached: cached).add(to: routes)
        EntityRoutes(access: access, desk: analytics, cached: cached).add(to: routes)
        QuarantineRoutes(access: access, tenants: tenants).add(to: routes)
        InstallationRoutes(desk: installation).add(to: routes)
      }
      OperationRoutes(readiness: readiness, metrics: metrics).add(to: routes)
      CacheRoutes(cached: cached).add(to: routes)
      OpenAPIRoute(version: version, schemas: Self.schemas).add(to: routes)
    }
  }
}
