internal import Core
public import Logging
public import Telemetry

/// Counts and logs what happens to live streams.
public struct StreamMonitor: Sendable {
  private let logger: Logger
  private let messages: Counter
  private let coalesced: Counter
  private let ended: MetricFamily<Counter>
  private let resets: Counter
  private let refused: MetricFamily<Counter>
  private let failures: Counter
  private let connections: Gauge

  public init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    connections = metrics.gauge("harrier_stream_connections", help: "Live streams that are open.")
    messages = metrics.counter(
      "harrier_stream_messages_total", help: "Messages of incidents written to live streams.")
    coalesced = metrics.counter(
      "harrier_stream_coalesced_total",
      help: "Messages left out for slow readers, since a newer one of the incident followed.")
    ended = metrics.counter(
      "harrier_stream_ended_total", help: "Live streams that ended, by reason.",
      labels: ["reason"])
    resets = metrics.counter(
      "harrier_stream_resets_total",
      help: "Streams that could not go on where they were, since the outbox no longer had it.")
    refused = metrics.counter(
      "harrier_stream_refused_total", help: "Streams for which there was no room.",
      labels: ["bound"])
    failures = metrics.counter(
      "harrier_outbox_failures_total", help: "Reads of the outbox that failed and are repeated.")
  }

  func opened() { connections.add(1) }

  func closed(_ reason: String) {
    connections.add(-1)
    ended[reason].increment()
  }

  func wrote(_ count: Int) { messages.increment(by: count) }
  func coalesced(_ count: Int) { coalesced.increment(by: count) }
  func reset() { resets.increment() }
  func refused(_ bound: String) { refused[bound].increment() }

  public func failed(_ error: any Error) {
    failures.increment()
    logger.warning("the outbox could not be read", metadata: ["error": "\(error)"])
  }
}
