import Ingestion
import Logging
import Telemetry

/// Counts batches and events by what became of them, and logs why a batch was not taken.
struct IngestMonitor: IngestObserver {
  private let logger: Logger
  private let batches: MetricFamily<Counter>
  private let events: MetricFamily<Counter>
  private let refusals: MetricFamily<Counter>

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    batches = metrics.counter(
      "harrier_ingest_batches_total", help: "Batches that were committed.", labels: ["source"])
    events = metrics.counter(
      "harrier_ingest_events_total", help: "Events of committed batches by what became of them.",
      labels: ["outcome"])
    refusals = metrics.counter(
      "harrier_ingest_refused_batches_total", help: "Batches that were not taken, by reason.",
      labels: ["code"])
  }

  func committed(_ receipt: IngestReceipt, from source: String) {
    batches[source].increment()
    for (outcome, count) in [
      ("stored", receipt.stored), ("duplicate", receipt.duplicates),
      ("quarantined", receipt.quarantined),
    ] where count > 0 {
      events[outcome].increment(by: count)
    }
  }

  func refused(_ error: IngestError, from source: String) {
    refusals[error.code.rawValue].increment()
    // What a sender did wrong is his to read; what is wrong here is the operator's.
    guard error.code == .overloaded else { return }
    logger.warning(
      "batch not taken",
      metadata: [
        "source": "\(source)", "reason": "\(error.message)",
        "cause": "\(error.cause.map { "\($0)" } ?? "")",
      ])
  }
}
