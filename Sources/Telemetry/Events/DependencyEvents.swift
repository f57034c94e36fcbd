public import Logging

/// A server that this process needs or uses went away.
public struct DependencyLost: ObservableEvent {
  public static let message: Logger.Message = "dependency lost"

  /// `redis`, `postgres`: a constant of the program.
  public let dependency: String
  /// Whether requests fail without it; else they are only slower.
  public let isVital: Bool
  /// The error's text, which shows no data.
  public let reason: String

  public init(_ dependency: String, isVital: Bool, reason: String) {
    self.dependency = dependency
    self.isVital = isVital
    self.reason = reason
  }

  public var level: Logger.Level { isVital ? .error : .warning }

  public var metadata: Logger.Metadata {
    ["dependency": "\(dependency)", "reason": "\(reason)"]
  }

  public func record(in metrics: MetricsRegistry) {
    dependencyGauge(metrics)[dependency].set(0)
    metrics.counter(
      "harrier_dependency_outages_total", help: "How often a server was lost.",
      labels: ["dependency"])[dependency].increment()
  }
}

/// The server is there again, or for the first time.
public struct DependencyRestored: ObservableEvent {
  public static let message: Logger.Message = "dependency restored"

  public let dependency: String
  /// How long it was away; nil at the start.
  public let outage: Duration?

  public init(_ dependency: String, after outage: Duration?) {
    self.dependency = dependency
    self.outage = outage
  }

  public var level: Logger.Level { outage == nil ? .info : .notice }

  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["dependency": "\(dependency)"]
    if let outage { metadata["outage_seconds"] = .stringConvertible(outage / .seconds(1)) }
    return metadata
  }

  public func record(in metrics: MetricsRegistry) {
    dependencyGauge(metrics)[dependency].set(1)
    guard let outage else { return }
    metrics.histogram(
      "harrier_dependency_outage_seconds", help: "How long a server was away.",
      labels: ["dependency"], buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600])[dependency]
      .observe(outage)
  }
}

private func dependencyGauge(_ metrics: MetricsRegistry) -> MetricFamily<Gauge> {
  metrics.gauge(
    "harrier_dependency_up", help: "Whether a server is there: 1 or 0.", labels: ["dependency"])
}
