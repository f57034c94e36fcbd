import Access
import AnalyticsStore
import Backtest
import Core
import Correlator
import EventStore
import Hummingbird
import Ingestion
import ListCache
import Logging
import Normalization
import Outbox
import Postgres
import RateLimits
import Redis
import RuleStore
import Rulebook
import Service
import ServiceLifecycle
import Telemetry
import Tenancy

/// The parts of a running server, made from its configuration.
struct ServerParts {
  let configuration: ServerConfiguration
  let logger: Logger
  let pool: PostgresPool
  let queryPool: PostgresPool
  let access: AccessControl
  let partitions: Partitions
  let auditPartitions: Partitions
  let committer: GroupCommitter
  let sampler: RawSampler
  let rulebook: Rulebook
  let meter: RuleCostMeter
  let correlator: Correlator
  let analytics: AnalyticsKeeper
  /// Nil where no Redis is configured.
  let caching: ServerCaching?
  /// Makes lists of events unreachable, which change all the time.
  let eventLists: PacedInvalidator
  let live: ServerLive
  let service: HarrierService

  init(_ configuration: ServerConfiguration, logger: Logger) async throws {
    self.configuration = configuration
    self.logger = logger
    let metrics = MetricsRegistry()
    let monitor = StatementMonitor(
      slow: .milliseconds(configuration.slowQueryMilliseconds), logger: logger, metrics: metrics)
    let silence = configuration.leaseSeconds
    let database = PostgresConfiguration.forService(configuration.databaseURL, silence: silence)
    pool = PostgresPool(
      configuration: database, maxConnections: configuration.connections, observer: monitor)
    queryPool = PostgresPool(
      configuration: .forQueries(
        configuration.queryDatabaseURL ?? configuration.databaseURL,
        ownLogin: configuration.queryDatabaseURL != nil, silence: silence),
      maxConnections: configuration.connections, observer: monitor)
    let tenants = TenantPool(pool: queryPool)
    try await Self.checkMigrations(configuration, pool)
    try await Self.checkTenancy(configuration, tenants)
    let caching = try configuration.redisURL.map { try ServerCaching(url: $0, database: database) }
    self.caching = caching
    let eventLists = PacedInvalidator.invalidating(
      caching?.cache, else: CacheAnnouncement(pool: pool))
    self.eventLists = eventLists
    let loginLimits = configuration.access.loginLimits
    access = try await AccessControl(
      pool: pool, listening: database, configuration: configuration.access,
      limiter: caching.map { SharedAttemptLimiter(loginLimits, $0, metrics: metrics) },
      observer: AccessMonitor(logger: logger, metrics: metrics))
    if configuration.secretKeys.isEmpty {
      logger.notice(
        "HARRIER_SECRET_KEY is not set: secrets are sealed with a key of the database's own")
    }
    partitions = Partitions(pool: pool)
    auditPartitions = Partitions(pool: pool, tables: ["audit_log"])
    try await partitions.ensureAhead(of: .now)
    try await auditPartitions.ensureAhead(of: .now)
    let records = RawRecords(pool: pool)
    try await records.reload()
    sampler = RawSampler(records: records)
    let writers = (0..<configuration.writers).map { _ in
      EventWriter(
        configuration: .forWriters(configuration.databaseURL, silence: silence),
        node: configuration.node, observer: monitor)
    }
    committer = GroupCommitter(
      writers: writers, hold: configuration.limits.hold,
      patience: configuration.limits.commitPatience)
    let mappings = try MappingPaths.load(configuration.mappingPaths)
    let ruleStore = RuleStore(pool: pool)
    if configuration.roles.contains(.maintain) {
      try await Self.publishRules(configuration, in: ruleStore, logger)
    }
    var rulebookLimits = RulebookLimits()
    rulebookLimits.gap = Int64(configuration.incidentGapSeconds) * 1_000_000
    let rulebook = Rulebook(
      store: ruleStore, listening: database, limits: rulebookLimits,
      observer: RulesMonitor(logger: logger, metrics: metrics))
    self.rulebook = rulebook
    meter = RuleCostMeter(rulebook: rulebook)
    correlator = Correlator(
      CorrelatorConfiguration(
        owner: "\(configuration.node)-\(RandomText.letters(12))", leaseSeconds: Int32(silence)),
      pool: pool, listening: database,
      rules: { organization, revision in
        let rules = try await rulebook.rules(of: organization, at: revision)
        return CorrelationRules(plans: rules.plans, revision: rules.revision)
      },
      observer: CorrelationMonitor(logger: logger, metrics: metrics))
    live = ServerLive(
      configuration.live, pool: pool, tenants: tenants, listening: database,
      vault: access.webhookVault, logger: logger, metrics: metrics)
    analytics = AnalyticsKeeper(
      pool: pool,
      refresh: AnalyticsRefresh(halfLife: Int32(configuration.riskHalfLifeDays * 86400)),
      observer: AnalyticsMonitor(logger: logger, metrics: metrics),
      changed: { organizations in
        for organization in organizations {
          // A failure makes the cache unused on this node until it has caught up.
          try? await caching?.cache.invalidate(.analytics(of: organization))
        }
      })
    let ingestor = Ingestor(
      limits: configuration.limits, numbers: BatchNumbers(pool: pool), partitions: partitions,
      committer: committer, records: records, sampler: sampler, mappings: mappings,
      rulebook: rulebook, meter: meter,
      observer: IngestMonitor(logger: logger, metrics: metrics),
      committed: { [activity = live.activity] batch in
        if batch.stored > 0 { activity.stored(batch.stored, of: batch.organization) }
        await eventLists.changed(CachePattern.changed(by: batch))
      })
    var service = HarrierService(
      access: access, tenants: tenants, audit: AuditQueries(tenants: tenants),
      ingestor: ingestor,
      events: EventQueries(records: records, tenants: tenants),
      incidents: IncidentDesk(
        tenants: tenants, events: EventQueries(records: records, tenants: tenants),
        people: IncidentPeople { [access] email, organization in
          try await access.administration.user(email: email, of: organization)?.email.rawValue
        }, cache: caching?.cache),
      rules: RuleDesk(
        store: ruleStore, rulebook: rulebook, meter: meter,
        backtest: Backtest(
          records: EventRecords(records: records, tenants: tenants), mappings: mappings),
        tenants: tenants, stateBytes: { [correlator] in await correlator.stateBytes(of: $0) }),
      streams: live.streams, webhooks: live.webhooks,
      analytics: AnalyticsDesk(
        tenants: tenants, rulebook: rulebook,
        logSources: { mappings.possibleLogSources(of: $0) }),
      installation: InstallationDesk(
        pool: pool, pools: [(name: "main", pool: pool), (name: "query", pool: queryPool)]),
      cached: CachedReads(cache: caching?.cache, warmer: caching?.warmer),
      readiness: Readiness(
        [Self.databaseCheck(pool), Self.ruleCheck(ruleStore)] + (caching.map { [$0.check] } ?? [])),
      metrics: metrics, parts: configuration.serviceParts, version: Version.text)
    let limiter = RateLimiter(redis: caching?.redis)
    let failures = FailureLimiter(RatePolicy(limit: configuration.failedCredentials))
    let secretFailures = FailureLimiter(RatePolicy(limit: configuration.failedCredentials))
    Self.measure(limiter, [failures, secretFailures], in: metrics)
    service.limiter = limiter
    service.failures = failures
    service.secretFailures = secretFailures
    service.origins = configuration.origins
    service.proxies = TrustedProxies(configuration.proxies)
    self.service = service
    Self.measure(pools: [("main", pool), ("query", queryPool)], in: metrics)
    if configuration.roles.contains(.ingest) {
      Self.measure(meter, in: metrics)
      Self.measure(ingestor.budget, committer, in: metrics)
    }
  }

  private static func checkMigrations(
    _ configuration: ServerConfiguration, _ pool: PostgresPool
  ) async throws {
    let pending = try await PostgresMigrator(directory: configuration.migrations).plan(pool)
    guard pending.isEmpty else {
      let names = pending.map(\.title).joined(separator: ", ")
      throw CommandError(.found, "the database lacks \(names): run harrier migrate up")
    }
  }

  /// A node that serves tenants must not be able to show one what another has.
  private static func checkTenancy(
    _ configuration: ServerConfiguration, _ tenants: TenantPool
  ) async throws {
    guard configuration.roles.contains(.api) else { return }
    do {
      try await tenants.check(ownLogin: configuration.queryDatabaseURL != nil)
    } catch let error as TenancyError {
      throw CommandError(.usage, "\(error)")
    } catch let error as PostgresError where error.sqlState == "42501" {
      throw CommandError(
        .usage,
        "the database login may not take on the role \(TenantPool.role): run as a superuser: "
          + "grant \(TenantPool.role) to it, or set HARRIER_QUERY_DATABASE_URL")
    }
  }

  private static func databaseCheck(
    _ pool: PostgresPool
  ) -> @Sendable () async -> Readiness.Check {
    {
      do {
        try await pool.withConnection { connection in
          _ = try connection.query(PostgresStatement("ready.ping", "select 1")) { try $0.int4(0) }
        }
        return Readiness.Check(name: "postgresql", isVital: true, isHealthy: true)
      } catch {
        return Readiness.Check(
          name: "postgresql", isVital: true, isHealthy: false, detail: "it does not answer")
      }
    }
  }
}
