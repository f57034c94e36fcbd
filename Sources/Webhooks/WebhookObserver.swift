public import WebhookStore

/// Is told what the dispatcher does.
public protocol WebhookObserver: Sendable {
  func attempted(_ attempt: WebhookAttempt, _ delivery: ClaimedDelivery)
  func made(_ deliveries: Int)
  func backlog(_ count: Int, oldestSeconds: Double)
  /// The database failed; the dispatcher goes on.
  func failed(_ error: any Error)
}
