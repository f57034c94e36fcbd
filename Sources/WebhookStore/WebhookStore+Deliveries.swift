public import Core
public import Outbox
internal import Postgres
internal import Tenancy

extension WebhookStore {
  /// What asking for a delivery once more came to.
  public enum Redelivery: Sendable {
    case queued(WebhookDelivery)
    /// It is still to be sent.
    case pending
    /// The webhook is told nothing.
    case disabled
    case notFound
  }

  /// Deliveries of a webhook, newest first; nil where there is no such webhook.
  ///
  /// - Parameter ordinal: only those before it.
  public func deliveries(
    _ webhook: WebhookID, of organization: OrganizationID, state: WebhookDelivery.State?,
    before ordinal: Int64?, limit: Int32
  ) async throws -> [WebhookDelivery]? {
    try await tenants.withConnection(organization) { connection in
      guard try Self.item(organization, webhook, on: connection) != nil else { return nil }
      return try connection.query(
        Self.deliveryList,
        [
          .int4(organization.rawValue), webhook.uuid.value, .int8(ordinal ?? .max),
          .optionalText(state?.rawValue), .int4(limit),
        ], row: WebhookDelivery.init)
    }
  }

  /// Queues a message that is no incident's; nil where there is no such webhook.
  ///
  /// - Parameter notice: what it says.
  public func test(
    _ webhook: WebhookID, _ notice: IncidentNotice, of organization: OrganizationID
  ) async throws -> WebhookDelivery? {
    try await tenants.withConnection(organization) { connection in
      let queued = try connection.query(
        Self.insertTest,
        [.int4(organization.rawValue), webhook.uuid.value, .jsonb(notice.json)],
        row: WebhookDelivery.init)
      if !queued.isEmpty { try connection.execute(Self.announce) }
      return queued.first
    }
  }

  /// Has a delivery sent once more, under the same id.
  ///
  /// - Parameter seconds: for so long it is tried.
  public func redeliver(
    _ delivery: WebhookDeliveryID, _ webhook: WebhookID, of organization: OrganizationID,
    for seconds: Int32
  ) async throws -> Redelivery {
    try await tenants.withConnection(organization) { connection in
      let key: [PostgresValue] = [
        .int4(organization.rawValue), webhook.uuid.value, delivery.uuid.value,
      ]
      let queued = try connection.query(
        Self.requeue, key + [.int4(seconds)], row: WebhookDelivery.init)
      if let queued = queued.first {
        try connection.execute(Self.announce)
        return .queued(queued)
      }
      let known = try connection.query(Self.deliveryItem, key, row: WebhookDelivery.init)
      guard let known = known.first else { return .notFound }
      return known.state == .pending ? .pending : .disabled
    }
  }

  private static let deliveryList = PostgresStatement(
    "webhooks.deliveries",
    """
    select \(WebhookDelivery.columns)
    from webhook_deliveries
    where organization_id = $1 and webhook_id = $2 and ordinal < $3
      and ($4::text is null or state = $4)
    order by ordinal desc
    limit $5
    """)
  private static let deliveryItem = PostgresStatement(
    "webhooks.delivery",
    """
    select \(WebhookDelivery.columns)
    from webhook_deliveries
    where organization_id = $1 and webhook_id = $2 and id = $3
    """)
  private static let insertTest = PostgresStatement(
    "webhooks.test",
    """
    insert into webhook_deliveries (organization_id, webhook_id, payload, give_up_at)
    select organization_id, id, $3, now() + interval '1 minute'
    from webhooks
    where organization_id = $1 and id = $2 and enabled
    returning \(WebhookDelivery.columns)
    """)
  private static let announce = PostgresStatement(
    "webhooks.announce", "select pg_notify('harrier_webhooks', '')")
  private static let requeue = PostgresStatement(
    "webhooks.redeliver",
    """
    update webhook_deliveries
    set state = 'pending', attempts = 0, next_attempt_at = now(), finished_at = null, lease = null,
      leased_until = null, give_up_at = now() + make_interval(secs => $4::int4)
    where organization_id = $1 and webhook_id = $2 and id = $3 and state <> 'pending'
      and exists (select from webhooks where organization_id = $1 and id = $2 and enabled)
    returning \(WebhookDelivery.columns)
    """)
}
