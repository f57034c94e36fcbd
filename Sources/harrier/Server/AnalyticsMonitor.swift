import AnalyticsStore
import Logging
import Telemetry

/// Counts and logs what keeps summaries up to date.
struct AnalyticsMonitor: AnalyticsObserver {
  private let logger: Logger
  private let changes: Counter
  private let detections: Counter
  private let failures: Counter

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    changes = metrics.counter(
      "harrier_analytics_changes_total", help: "Changes of incidents that summaries have counted.")
    detections = metrics.counter(
      "harrier_analytics_detections_total", help: "Detections that summaries have counted.")
    failures = metrics.counter(
      "harrier_analytics_failures_total", help: "Passes that failed and are tried again.")
  }

  func refreshed(_ pass: AnalyticsPass) {
    changes.increment(by: pass.changes)
    detections.increment(by: Int(pass.detections))
  }

  func failed(_ error: any Error) {
    failures.increment()
    logger.warning("summaries could not be brought up to date", metadata: ["error": "\(error)"])
  }
}
