import Correlator
import IncidentStore
import Logging
import Telemetry

/// Counts and logs what the correlator does.
struct CorrelationMonitor: CorrelatorObserver {
  private let logger: Logger
  private let detections: Counter
  private let incidents: MetricFamily<Counter>
  private let lag: Histogram
  private let shards: Gauge
  private let failures: Counter
  private let skips: Counter

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    detections = metrics.counter(
      "harrier_correlated_detections_total", help: "Detections that correlation has read.")
    incidents = metrics.counter(
      "harrier_incident_changes_total", help: "What correlation did to incidents.",
      labels: ["action"])
    lag = metrics.histogram(
      "harrier_correlation_lag_seconds",
      help: "From the arrival of the oldest event of a batch to the commit of its incidents.")
    shards = metrics.gauge(
      "harrier_correlation_shards", help: "Shards of organizations that this node correlates.")
    failures = metrics.counter(
      "harrier_correlation_failures_total", help: "Batches that failed and are read again.")
    skips = metrics.counter(
      "harrier_correlation_skips_total",
      help: "Batches of one organization that were set aside, in the table correlation_skips.")
  }

  func correlated(_ record: CorrelationRecord) {
    detections.increment(by: record.detections)
    for (action, count) in [
      ("opened", record.opened), ("amended", record.amended), ("merged", record.merged),
      ("retracted", record.retracted),
    ] where count > 0 {
      incidents[action].increment(by: count)
    }
    if record.lag > 0 { lag.observe(Double(record.lag) / 1_000_000) }
  }

  func leasesChanged(_ shards: [CorrelationShard]) {
    self.shards.set(shards.count)
  }

  func failed(_ error: any Error, shard: CorrelationShard?) {
    if let skip = error as? CorrelationSkip {
      skips.increment()
      logger.error("detections set aside", metadata: ["skip": "\(skip)"])
      return
    }
    failures.increment()
    logger.warning("correlation failed and is tried again", metadata: ["error": "\(error)"])
  }
}
