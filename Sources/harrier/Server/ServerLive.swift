import Core
import Logging
import Outbound
import Outbox
import Postgres
import Service
import ServiceLifecycle
import Telemetry
import Tenancy
import WebhookStore
import Webhooks

/// Live streams and webhooks, and the outbox that feeds them.
struct ServerLive {
  let streams: StreamDesk
  let webhooks: WebhookDesk
  let activity: EventActivity
  private let hub: StreamHub
  private let follower: OutboxFollower
  private let dispatcher: WebhookDispatcher
  private let retention: OutboxRetention
  private let logger: Logger

  init(
    _ configuration: LiveConfiguration, pool: PostgresPool, tenants: TenantPool,
    listening: PostgresConfiguration, vault: WebhookVault, logger: Logger,
    metrics: MetricsRegistry
  ) {
    self.logger = logger
    let monitor = StreamMonitor(logger: logger, metrics: metrics)
    hub = StreamHub(limits: configuration.streams, monitor: monitor)
    follower = OutboxFollower(
      pool: pool, listening: listening, reader: hub, otherChannels: StreamHub.channels,
      failed: { monitor.failed($0) })
    activity = EventActivity(pool: pool)
    streams = StreamDesk(hub: hub, follower: follower, tenants: tenants)
    let client = configuration.outbound
    webhooks = WebhookDesk(
      store: WebhookStore(tenants: tenants), vault: vault, policy: client.policy,
      patienceSeconds: Int32(configuration.webhookPatienceSeconds))
    dispatcher = WebhookDispatcher(
      configuration.dispatcher, pool: pool, listening: listening, client: client, vault: vault,
      observer: WebhookMonitor(logger: logger, metrics: metrics))
    retention = OutboxRetention(pool: pool, days: configuration.outboxDays)
  }

  /// Hands the outbox on to the streams. It outlives them, see ``streamService(_:)``.
  func follow() async { await follower.run() }

  /// Sends deliveries.
  func dispatch() async { await dispatcher.run() }

  /// The streams as the service that is stopped first.
  func streamService(_ readiness: Readiness) -> BackgroundService {
    BackgroundService { [hub] in await hub.run { await readiness.report() } }
  }

  /// Removes old messages, hour by hour.
  func trim() async {
    while !Task.isCancelled {
      do {
        _ = try await retention.trim(now: .now)
      } catch {
        logger.error("the outbox could not be trimmed", metadata: ["error": "\(error)"])
      }
      do { try await Task.sleep(for: .seconds(3600)) } catch { return }
    }
  }
}
