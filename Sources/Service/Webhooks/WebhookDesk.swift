internal import Access
internal import Core
public import Outbound
internal import Outbox
public import WebhookStore
public import Webhooks

/// Webhooks for the routes.
public struct WebhookDesk: Sendable {
  let store: WebhookStore
  let vault: WebhookVault
  /// Where deliveries may go.
  let policy: OutboundPolicy
  /// For so many seconds a delivery is tried that was asked for once more.
  let patienceSeconds: Int32

  public init(
    store: WebhookStore, vault: WebhookVault, policy: OutboundPolicy, patienceSeconds: Int32
  ) {
    self.store = store
    self.vault = vault
    self.policy = policy
    self.patienceSeconds = patienceSeconds
  }

  /// - Returns: the webhook, and its secret, which is shown this once.
  func create(
    _ body: WebhookBody, by principal: Principal
  ) async throws -> (webhook: Webhook, secret: String) {
    let id = WebhookID.random()
    let secret = body.secret ?? Self.makeSecret()
    let new = NewWebhook(
      id: id, name: body.name ?? "", url: body.url ?? "",
      sealedSecret: try vault.seal(Array(secret.utf8), principal.organization, id),
      format: body.format ?? .generic, actions: body.actions ?? [],
      minimumSeverity: body.minimumSeverity ?? .low, isEnabled: body.isEnabled ?? true,
      createdBy: principal.subject.description)
    do {
      return (try await store.create(new, of: principal.organization), secret)
    } catch let error as WebhookStoreError where error.code == .tooMany {
      throw Problem(
        slug: "too_many_webhooks", title: "Too many webhooks", status: 409,
        detail: "an organization has at most \(Webhook.most) webhooks: delete one first")
    }
  }

  func change(
    _ id: WebhookID, _ body: WebhookBody, of organization: OrganizationID
  ) async throws -> Webhook? {
    var change = WebhookChange()
    change.name = body.name
    change.url = body.url
    change.sealedSecret = try body.secret.map { try vault.seal(Array($0.utf8), organization, id) }
    change.format = body.format
    change.actions = body.actions
    change.minimumSeverity = body.minimumSeverity
    change.isEnabled = body.isEnabled
    return try await store.change(id, change, of: organization)
  }

  func test(_ id: WebhookID, of organization: OrganizationID) async throws -> WebhookDelivery? {
    let notice = IncidentNotice(
      id: EventID(high: 0, low: 0).description, number: 0, revision: 0, status: "open",
      severity: "low", action: "test", title: "This is a test by Harrier")
    return try await store.test(id, notice, of: organization)
  }

  /// 256 random bits.
  private static func makeSecret() -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return "whsec_" + Base64.urlEncoded(bytes)
  }
}
