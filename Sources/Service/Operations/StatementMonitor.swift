public import Logging
public import Postgres
public import Telemetry

/// Sees every statement: counts and times it by name, adds it to the request it was run for, and logs
/// one that was slow. Parameters are never shown, only the statement's name and shape.
public struct StatementMonitor: PostgresObserver {
  private let slow: Duration
  private let logger: Logger
  private let durations: MetricFamily<Histogram>
  private let failures: MetricFamily<Counter>

  /// - Parameter slow: what a statement may take without a line in the log.
  public init(slow: Duration, logger: Logger, metrics: MetricsRegistry) {
    self.slow = slow
    self.logger = logger
    durations = metrics.histogram(
      "harrier_sql_statement_seconds", help: "Duration of statements by name.",
      labels: ["statement"])
    failures = metrics.counter(
      "harrier_sql_failures_total", help: "Statements that failed, by SQLSTATE.",
      labels: ["sqlstate"])
  }

  public func statementFinished(_ record: PostgresStatementRecord) {
    RequestTimingObserver().statementFinished(record)
    durations["\(record.name)"].observe(record.duration)
    if let sqlState = record.sqlState { failures[sqlState].increment() }
    guard record.duration >= slow else { return }
    logger.warning(
      "slow statement",
      metadata: [
        "statement": "\(record.name)", "duration_ms": "\(record.duration / .milliseconds(1))",
        "pool_wait_ms": "\(record.poolWait / .milliseconds(1))", "rows": "\(record.rows)",
        "backend": "\(record.backendPID)", "sqlstate": "\(record.sqlState ?? "")",
      ])
  }
}
