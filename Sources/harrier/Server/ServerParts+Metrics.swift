import Ingestion
import Postgres
import RateLimits
import Rulebook
import Service
import Telemetry

extension ServerParts {
  /// Shows how near ingestion is to its bounds.
  static func measure(
    _ budget: MemoryBudget, _ committer: GroupCommitter, in metrics: MetricsRegistry
  ) {
    metrics.sampled(
      "harrier_memory_budget_bytes", help: "Bytes that all batches in memory may have.",
      labels: ["kind"]
    ) {
      let statistics = budget.statistics
      return [
        MetricSample(Double(statistics.capacity), labels: ["capacity"]),
        MetricSample(Double(statistics.free), labels: ["free"]),
      ]
    }
    metrics.sampled(
      "harrier_memory_budget_waiting", help: "Requests that wait for room for their body."
    ) {
      [MetricSample(Double(budget.statistics.waiting))]
    }
    metrics.sampled(
      "harrier_memory_budget_refused_total", help: "Requests that found no room in time.",
      kind: .counter
    ) {
      [MetricSample(Double(budget.statistics.refused))]
    }
    metrics.sampled(
      "harrier_commit_waiting_batches", help: "Batches that wait for a writer."
    ) {
      [MetricSample(Double(committer.waiting))]
    }
  }

  /// Shows how many requests met a limit.
  static func measure(
    _ limiter: RateLimiter, _ failures: [FailureLimiter], in metrics: MetricsRegistry
  ) {
    metrics.sampled(
      "harrier_requests_limited_total",
      help: "Requests over a credential's tier, and wrong credentials over an address' limit.",
      kind: .counter, labels: ["limit"]
    ) {
      [
        MetricSample(Double(limiter.refused), labels: ["tier"]),
        MetricSample(Double(failures.reduce(0) { $0 + $1.refused }), labels: ["failures"]),
      ]
    }
  }

  /// Shows what the installation's rules cost on this node.
  static func measure(_ meter: RuleCostMeter, in metrics: MetricsRegistry) {
    let most = 50
    metrics.sampled(
      "harrier_rule_cost_seconds",
      help: "CPU time an event of the costliest rules, each run alone.",
      labels: ["rule"]
    ) {
      meter.costliest(most).map {
        MetricSample(($0.nanosecondsPerEvent ?? 0) / 1e9, labels: [$0.ruleID])
      }
    }
    metrics.sampled(
      "harrier_rule_detections", help: "Detections of the costliest rules since the start.",
      labels: ["rule"]
    ) {
      meter.costliest(most).map { MetricSample(Double($0.detections), labels: [$0.ruleID]) }
    }
  }

  /// Shows how near the pools are to their bounds.
  static func measure(pools: [(name: String, pool: PostgresPool)], in metrics: MetricsRegistry) {
    metrics.sampled(
      "harrier_pool_connections", help: "Connections to PostgreSQL.", labels: ["pool", "state"]
    ) {
      pools.flatMap { name, pool in
        let statistics = pool.statistics
        return [
          MetricSample(Double(statistics.idle), labels: [name, "idle"]),
          MetricSample(Double(statistics.leased), labels: [name, "leased"]),
        ]
      }
    }
    metrics.sampled(
      "harrier_pool_waiting", help: "Callers that wait for a connection.", labels: ["pool"]
    ) {
      pools.map { name, pool in MetricSample(Double(pool.statistics.waiting), labels: [name]) }
    }
  }
}

extension ServerConfiguration {
  /// The routes that go with this node's roles.
  var serviceParts: HarrierService.Parts {
    var parts: HarrierService.Parts = []
    if roles.contains(.ingest) { parts.insert(.ingest) }
    if roles.contains(.api) { parts.insert(.api) }
    return parts
  }
}
