public import Core
public import Outbox

/// A message to a webhook, and how far it has come.
public struct WebhookDelivery: Sendable, Equatable {
  public enum State: String, CaseIterable, Sendable {
    /// To be sent, for the first time or again.
    case pending
    case delivered
    /// Given up; a person can ask for it again.
    case dead
  }

  public let id: WebhookDeliveryID
  /// Grows with each delivery of the installation.
  public let ordinal: Int64
  /// Of the outbox; nil for a test.
  public let sequence: Int64?
  public let notice: IncidentNotice
  public let state: State
  public let attempts: Int32
  /// JSON: `[{"at","status","latency_ms","error"}, …]`, oldest first, the last 50.
  public let history: String
  /// Nil unless pending.
  public let nextAttemptAt: Timestamp?
  public let createdAt: Timestamp
  public let finishedAt: Timestamp?
}

/// A delivery that this node sends now.
public struct ClaimedDelivery: Sendable {
  public let organization: OrganizationID
  public let webhook: WebhookID
  public let id: WebhookDeliveryID
  /// Proves that it is still ours when the outcome is written.
  public let lease: WebhookDeliveryID
  public let url: String
  public let sealedSecret: [UInt8]
  public let format: Webhook.Format
  public let sequence: Int64?
  public let notice: IncidentNotice
  /// Of the change.
  public let at: Timestamp
  /// Attempts before this one.
  public let attempts: Int32
  public let giveUpAt: Timestamp
}

/// What is written of an attempt.
public struct WebhookAttempt: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case delivered
    case retry(at: Timestamp)
    case dead
    /// The target wants no more: it is disabled.
    case gone
  }

  public let at: Timestamp
  public let status: Int32?
  public let latencyMilliseconds: Int32
  /// A closed code; nil for a success.
  public let error: String?
  public let outcome: Outcome

  public init(
    at: Timestamp, status: Int32?, latencyMilliseconds: Int32, error: String?, outcome: Outcome
  ) {
    self.at = at
    self.status = status
    self.latencyMilliseconds = latencyMilliseconds
    self.error = error
    self.outcome = outcome
  }
}
