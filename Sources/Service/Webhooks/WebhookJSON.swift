internal import Core
internal import Outbox
internal import WebhookStore

extension JSONWriter {
  /// - Parameter secret: only where it is shown.
  mutating func webhookMembers(_ webhook: Webhook, secret: String? = nil) {
    member("id", webhook.id.description)
    member("name", webhook.name)
    member("url", webhook.url)
    if let secret { member("secret", secret) }
    member("format", webhook.format.rawValue)
    member("topics", WebhookBody.Topic.allCases.map(\.rawValue))
    member("actions", webhook.actions)
    member("minimum_severity", webhook.minimumSeverity.rawValue)
    member("enabled", webhook.isEnabled)
    member("disabled_reason", webhook.disabledReason)
    member("failures", webhook.failures)
    member("created_by", webhook.createdBy)
    member("created_at", webhook.createdAt)
    member("updated_at", webhook.updatedAt)
  }

  mutating func deliveryMembers(_ delivery: WebhookDelivery) {
    member("id", delivery.id.description)
    member("type", delivery.sequence == nil ? "test" : delivery.notice.kind)
    member("state", delivery.state.rawValue)
    member("sequence", delivery.sequence)
    if delivery.sequence == nil {
      member("incident", json: "null".utf8)
    } else {
      object("incident") { json in
        json.member("id", delivery.notice.id)
        json.member("number", delivery.notice.name)
        json.member("revision", delivery.notice.revision)
        json.member("status", delivery.notice.status)
        json.member("severity", delivery.notice.severity)
        json.member("action", delivery.notice.action)
        json.member("title", delivery.notice.title)
      }
    }
    member("attempts", delivery.attempts)
    member("history", json: delivery.history.utf8)
    member("next_attempt_at", delivery.nextAttemptAt)
    member("created_at", delivery.createdAt)
    member("finished_at", delivery.finishedAt)
  }
}
