internal import Core
internal import Outbound
internal import Outbox
internal import WebhookStore

/// A delivery as the request that carries it.
struct WebhookMessage {
  let delivery: ClaimedDelivery
  let secret: [UInt8]

  func request(to url: OutboundURL, now: Timestamp) -> OutboundRequest {
    let body = self.body
    let seconds = now.microseconds / 1_000_000
    return OutboundRequest(
      url: url,
      headers: [
        ("Content-Type", "application/json"), ("User-Agent", "Harrier-Webhook/1"),
        ("Harrier-Delivery", delivery.id.description), ("Harrier-Timestamp", String(seconds)),
        (
          WebhookSignature.header,
          WebhookSignature.value(seconds: seconds, body: body, secret: secret)
        ),
      ], body: body)
  }

  var body: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      switch delivery.format {
      case .generic: json.genericMembers(delivery)
      case .slack: json.slackMembers(delivery)
      case .pagerduty: json.pagerDutyMembers(delivery, routingKey: secret)
      case .teams: json.teamsMembers(delivery)
      }
    }
    return json.utf8
  }
}

extension ClaimedDelivery {
  /// A test is no message of the outbox.
  var kind: String { sequence == nil ? "test" : notice.kind }

  /// `INC-7 high: Burst of failed logins`.
  var headline: String {
    sequence == nil ? notice.title : "\(notice.name) \(notice.severity): \(notice.title)"
  }

  /// What a person is told beside the headline.
  var facts: [(name: String, value: String)] {
    sequence == nil
      ? []
      : [
        ("Severity", notice.severity), ("Status", notice.status), ("Change", notice.action),
        ("Revision", String(notice.revision)),
      ]
  }
}

extension JSONWriter {
  fileprivate mutating func genericMembers(_ delivery: ClaimedDelivery) {
    member("id", delivery.id.description)
    member("type", delivery.kind)
    member("sequence", delivery.sequence)
    member("created_at", delivery.at)
    object("incident") { $0.noticeMembers(delivery.notice, at: delivery.at) }
  }
}
