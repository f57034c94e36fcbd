import Logging
import Telemetry
import WebhookStore
import Webhooks

/// Counts and logs what becomes of deliveries to webhooks.
struct WebhookMonitor: WebhookObserver {
  private let logger: Logger
  private let attempts: MetricFamily<Counter>
  private let deliveries: Counter
  private let latency: Histogram
  private let waiting: Gauge
  private let oldest: Gauge
  private let failures: Counter

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    attempts = metrics.counter(
      "harrier_webhook_attempts_total", help: "Attempts to send to a webhook, by outcome.",
      labels: ["outcome"])
    deliveries = metrics.counter(
      "harrier_webhook_deliveries_total", help: "Deliveries made of the outbox.")
    latency = metrics.histogram(
      "harrier_webhook_attempt_seconds", help: "How long attempts to send took.")
    waiting = metrics.gauge(
      "harrier_webhook_waiting", help: "Deliveries that wait, of webhooks that are enabled.")
    oldest = metrics.gauge(
      "harrier_webhook_oldest_seconds", help: "Age of the oldest delivery that waits.")
    failures = metrics.counter(
      "harrier_webhook_failures_total",
      help: "Failures on this side, after which the work is repeated.")
  }

  func attempted(_ attempt: WebhookAttempt, _ delivery: ClaimedDelivery) {
    let outcome =
      switch attempt.outcome {
      case .delivered: "delivered"
      case .retry: "retry"
      case .dead: "dead"
      case .gone: "gone"
      }
    attempts[outcome].increment()
    latency.observe(Double(attempt.latencyMilliseconds) / 1000)
    guard outcome == "dead" || outcome == "gone" else { return }
    logger.notice(
      "delivery to a webhook given up",
      metadata: [
        "organization": "\(delivery.organization)", "webhook": "\(delivery.webhook)",
        "delivery": "\(delivery.id)", "outcome": "\(outcome)", "code": "\(attempt.error ?? "")",
      ])
  }

  func made(_ deliveries: Int) { self.deliveries.increment(by: deliveries) }

  func backlog(_ count: Int, oldestSeconds: Double) {
    waiting.set(count)
    oldest.set(oldestSeconds)
  }

  func failed(_ error: any Error) {
    failures.increment()
    logger.warning("work on webhooks failed and is repeated", metadata: ["error": "\(error)"])
  }
}
