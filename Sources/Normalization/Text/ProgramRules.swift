internal import Core

/// How a program's messages become events.
struct ProgramRules: Sendable {
  struct Form: Sendable {
    let pattern: LinePattern
    /// The kind of message; the event's `event_id`.
    let eventID: String
    let action: String
    let outcome: String?
    let severity: EventSeverity

    init(
      _ pattern: String, _ eventID: String, action: String, outcome: String? = nil,
      severity: EventSeverity = .informational
    ) {
      self.pattern = LinePattern(pattern)
      self.eventID = eventID
      self.action = action
      self.outcome = outcome
      self.severity = severity
    }
  }

  /// The program's name as syslog has it.
  let program: String
  let sourceType: String
  /// Tried in order.
  let forms: [Form]

  static let all: [String: ProgramRules] = Dictionary(
    uniqueKeysWithValues: [sshd, sudo, auditd, clamd].map { ($0.program, $0) })
}
