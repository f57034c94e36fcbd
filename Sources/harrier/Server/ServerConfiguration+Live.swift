import Core
import Outbound
import Service
import Webhooks

/// What live streams and webhooks need to know.
struct LiveConfiguration {
  var streams = StreamLimits()
  /// Days that changes can be read back, and finished deliveries be looked at.
  var outboxDays: Int
  /// Networks, addresses and hosts that webhooks may reach though they are not public.
  var webhookAllow: [String]
  var webhookHTTP: Bool
  /// Certificates that are trusted in place of the system's.
  var webhookCAFile: String?
  /// Transfers at a time; half of them for targets that work.
  var webhookThreads: Int
  var webhookTimeoutMilliseconds: Int
  /// For so many seconds a delivery is tried.
  var webhookPatienceSeconds: Int
  /// Before the second attempt; doubled for each one after that.
  var webhookRetryMilliseconds: Int

  init(_ settings: Settings) throws {
    streams.connections = try settings.integer(
      "HARRIER_STREAM_CONNECTIONS", default: streams.connections, in: 1...100_000)
    streams.connectionsPerOrganization = try settings.integer(
      "HARRIER_STREAM_CONNECTIONS_PER_ORGANIZATION", default: streams.connectionsPerOrganization,
      in: 1...100_000)
    streams.buffer = try settings.integer(
      "HARRIER_STREAM_BUFFER", default: streams.buffer, in: 1...10_000)
    streams.heartbeat = .milliseconds(
      try settings.integer("HARRIER_STREAM_HEARTBEAT_MS", default: 15_000, in: 500...50_000))
    outboxDays = try settings.integer("HARRIER_OUTBOX_DAYS", default: 7, in: 1...365)
    webhookAllow = settings.list("HARRIER_WEBHOOK_ALLOW", separator: ",")
    webhookHTTP = try settings.integer("HARRIER_WEBHOOK_HTTP", default: 0, in: 0...1) == 1
    webhookCAFile = settings.text("HARRIER_WEBHOOK_CA_FILE")
    webhookThreads = try settings.integer("HARRIER_WEBHOOK_THREADS", default: 8, in: 2...64)
    webhookTimeoutMilliseconds = try settings.integer(
      "HARRIER_WEBHOOK_TIMEOUT_MS", default: 10_000, in: 100...60_000)
    webhookPatienceSeconds = try settings.integer(
      "HARRIER_WEBHOOK_PATIENCE_SECONDS", default: 86_400, in: 1...604_800)
    webhookRetryMilliseconds = try settings.integer(
      "HARRIER_WEBHOOK_RETRY_MS", default: 5_000, in: 10...600_000)
    for entry in webhookAllow where entry.contains("/") && CIDRBlock(entry) == nil {
      throw CommandError(.usage, "HARRIER_WEBHOOK_ALLOW: \(entry) is no network")
    }
  }

  var outbound: OutboundClient {
    var limits = OutboundClient.Limits()
    limits.threads = webhookThreads / 2 * 2
    limits.timeout = .milliseconds(webhookTimeoutMilliseconds)
    return OutboundClient(
      policy: OutboundPolicy(allowing: webhookAllow, allowsHTTP: webhookHTTP), limits: limits,
      caFile: webhookCAFile)
  }

  var dispatcher: WebhookDispatcher.Configuration {
    var dispatcher = WebhookDispatcher.Configuration()
    dispatcher.lane = webhookThreads / 2
    dispatcher.leaseSeconds = Int32(webhookTimeoutMilliseconds / 1000 + 20)
    dispatcher.patienceSeconds = Int32(webhookPatienceSeconds)
    dispatcher.retentionDays = Int64(outboxDays)
    dispatcher.retry.firstPause = Double(webhookRetryMilliseconds) / 1000
    return dispatcher
  }
}
