import Core
import Crypto
import Outbound
import Outbox
import Testing

@testable import WebhookStore
@testable import Webhooks

@Suite struct WebhookMessageTests {
  static let id = WebhookDeliveryID("11111111-2222-4333-8444-555555555555")!

  func delivery(
    _ format: Webhook.Format, title: String = "Burst", status: String = "open",
    action: String = "opened", sequence: Int64? = 9
  ) -> ClaimedDelivery {
    ClaimedDelivery(
      organization: OrganizationID(1), webhook: .random(), id: Self.id, lease: .random(), url: "",
      sealedSecret: [], format: format, sequence: sequence,
      notice: IncidentNotice(
        id: "aaaaaaaa-2222-4333-8444-555555555555", number: 7, revision: 3, status: status,
        severity: "high", action: action, title: title),
      at: Timestamp(microseconds: 1_700_000_000_000_000), attempts: 0, giveUpAt: .latest)
  }

  func text(_ delivery: ClaimedDelivery, secret: String = "s") -> String {
    String(
      decoding: WebhookMessage(delivery: delivery, secret: Array(secret.utf8)).body, as: UTF8.self)
  }

  @Test func generic() {
    #expect(
      text(delivery(.generic)) == """
        {"id":"11111111-2222-4333-8444-555555555555","type":"incident.opened","sequence":9,\
        "created_at":"2023-11-14T22:13:20.000000Z","incident":{\
        "id":"aaaaaaaa-2222-4333-8444-555555555555","number":"INC-7","revision":3,\
        "status":"open","severity":"high","action":"opened","title":"Burst",\
        "at":"2023-11-14T22:13:20.000000Z"}}
        """)
    #expect(text(delivery(.generic, sequence: nil)).contains(#""type":"test","sequence":null"#))
  }

  @Test func slackEscapesWhatAnAttackerMayHaveWritten() {
    let body = text(delivery(.slack, title: "<!channel> a & b *x*"))
    #expect(body.hasPrefix(#"{"text":"INC-7 high: &lt;!channel&gt; a &amp; b ∗x∗","blocks":["#))
    #expect(!body.contains("<!channel>"))
  }

  @Test(arguments: [
    ("open", "trigger"), ("acknowledged", "acknowledge"), ("in_progress", "acknowledge"),
    ("contained", "acknowledge"), ("resolved", "resolve"), ("dismissed", "resolve"),
    ("merged", "resolve"),
  ])
  func pagerDutyFollowsTheStatus(_ status: String, _ action: String) {
    let body = text(delivery(.pagerduty, status: status), secret: "R0UT1NGKEY")
    #expect(body.contains(#""routing_key":"R0UT1NGKEY","event_action":"\#(action)""#))
    #expect(body.contains(#""dedup_key":"aaaaaaaa-2222-4333-8444-555555555555""#))
    #expect(body.contains(#""severity":"error""#))
  }

  @Test func teamsGetsAnAdaptiveCard() {
    let body = text(delivery(.teams, title: "[click](https://evil.example)"))
    #expect(body.contains(#""contentType":"application/vnd.microsoft.card.adaptive""#))
    #expect(body.contains(#""type":"AdaptiveCard""#))
    #expect(!body.contains("[click](https"))
  }

  @Test func aRequestIsSigned() throws {
    let secret = "0123456789abcdef"
    let policy = OutboundPolicy()
    let message = WebhookMessage(delivery: delivery(.generic), secret: Array(secret.utf8))
    let request = message.request(
      to: try OutboundURL("https://example.com/", policy: policy),
      now: Timestamp(microseconds: 1_700_000_000_999_999))
    let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
    #expect(headers["Harrier-Delivery"] == "11111111-2222-4333-8444-555555555555")
    #expect(headers["Harrier-Timestamp"] == "1700000000")
    let signed = Array("1700000000.".utf8) + request.body
    let code = HMAC<SHA256>.authenticationCode(
      for: signed, using: SymmetricKey(data: Array(secret.utf8)))
    let hex = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(headers["Harrier-Signature"] == "t=1700000000,v1=\(hex)")
  }

  /// RFC 4231 has no such test; this is `printf '1.{}' | openssl dgst -sha256 -hmac key`.
  @Test func theSignatureIsThatOfOpenSSL() {
    #expect(
      WebhookSignature.value(seconds: 1, body: Array("{}".utf8), secret: Array("key".utf8))
        == "t=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224")
  }
}
