import Access
import Logging
import Telemetry

/// Counts and logs what happens to credentials. No secret and no email is in it.
struct AccessMonitor: AccessObserver {
  private let logger: Logger
  private let logins: MetricFamily<Counter>
  private let auditFailures: Counter

  init(logger: Logger, metrics: MetricsRegistry) {
    self.logger = logger
    logins = metrics.counter(
      "harrier_logins_total", help: "Attempts to log in by what became of them.",
      labels: ["outcome"])
    auditFailures = metrics.counter(
      "harrier_audit_failures_total",
      help: "Groups of audit entries that could not be written and were tried again.")
  }

  func accessEvent(_ event: AccessEvent) {
    switch event {
    case .loginSucceeded: logins["succeeded"].increment()
    case .loginFailed: logins["failed"].increment()
    case .loginLimited(let address):
      logins["limited"].increment()
      logger.notice("too many attempts to log in", metadata: ["address": "\(address)"])
    case .refreshTokenReused(let session):
      logger.warning("a refresh token was used twice", metadata: ["session": "\(session)"])
    case .keyUsageNotWritten(let error):
      logger.warning("times of last use could not be written", metadata: ["error": "\(error)"])
    case .auditNotWritten(let error):
      auditFailures.increment()
      logger.error("the audit log could not be written", metadata: ["error": "\(error)"])
    case .unknownAnnouncement:
      logger.notice("an announcement of another version: what is held of credentials is read anew")
    }
  }
}
