internal import Core
internal import Outbox
internal import WebhookStore

extension JSONWriter {
  /// PagerDuty Events API v2. The secret is the integration's routing key; one alert for each incident,
  /// which follows its status.
  mutating func pagerDutyMembers(_ delivery: ClaimedDelivery, routingKey: [UInt8]) {
    let notice = delivery.notice
    member("routing_key", String(decoding: routingKey, as: UTF8.self))
    member("event_action", delivery.pagerDutyAction)
    member("dedup_key", delivery.sequence == nil ? delivery.id.description : notice.id)
    object("payload") { json in
      json.member("summary", String(delivery.headline.prefix(1024)))
      json.member("source", "harrier")
      json.member("severity", delivery.pagerDutySeverity)
      json.member("timestamp", delivery.at)
      json.member("class", delivery.kind)
      json.object("custom_details") { $0.noticeMembers(notice, at: delivery.at) }
    }
  }
}

extension ClaimedDelivery {
  fileprivate var pagerDutyAction: String {
    guard sequence != nil else { return "trigger" }
    switch IncidentStatus(rawValue: notice.status) {
    case .acknowledged, .inProgress, .contained: return "acknowledge"
    case .resolved, .dismissed, .merged: return "resolve"
    case .open, nil: return "trigger"
    }
  }

  fileprivate var pagerDutySeverity: String {
    switch IncidentSeverity(rawValue: notice.severity) {
    case .critical: "critical"
    case .high: "error"
    case .medium: "warning"
    case .low, nil: "info"
    }
  }
}
