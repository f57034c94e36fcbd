public import Core
internal import Outbox
internal import Postgres
public import Tenancy

/// Webhooks of organizations, and their deliveries as people see them.
public struct WebhookStore: Sendable {
  let tenants: TenantPool

  public init(tenants: TenantPool) {
    self.tenants = tenants
  }

  /// All of them, oldest first.
  public func all(of organization: OrganizationID) async throws -> [Webhook] {
    try await tenants.withConnection(organization) { connection in
      try connection.query(Self.list, [.int4(organization.rawValue)], row: Webhook.init)
    }
  }

  public func item(_ id: WebhookID, of organization: OrganizationID) async throws -> Webhook? {
    try await tenants.withConnection(organization) { connection in
      try Self.item(organization, id, on: connection)
    }
  }

  /// - Throws: `WebhookStoreError` with `tooMany`.
  public func create(_ new: NewWebhook, of organization: OrganizationID) async throws -> Webhook {
    try await tenants.withConnection(organization) { connection in
      try connection.transaction {
        // One at a time, so that the bound holds.
        try connection.execute(Self.begin, [.int4(organization.rawValue)])
        try connection.execute(Self.lock, [.int4(organization.rawValue)])
        let count = try connection.query(Self.count, [.int4(organization.rawValue)]) {
          try $0.int8(0)
        }
        guard count.first ?? 0 < Int64(Webhook.most) else {
          throw WebhookStoreError(.tooMany, "the organization has \(Webhook.most) webhooks")
        }
        let made = try connection.query(
          Self.insert,
          [
            .int4(organization.rawValue), new.id.uuid.value, .text(new.name), .text(new.url),
            .bytea(new.sealedSecret), .text(new.format.rawValue), .textArray(new.actions),
            .text(new.minimumSeverity.rawValue), .bool(new.isEnabled), .text(new.createdBy),
          ], row: Webhook.init)
        guard let webhook = made.first else {
          throw WebhookStoreError(.unknownValue, "the new webhook is not there")
        }
        return webhook
      }
    }
  }

  /// - Returns: nil where there is no such webhook.
  public func change(
    _ id: WebhookID, _ change: WebhookChange, of organization: OrganizationID
  ) async throws -> Webhook? {
    try await tenants.withConnection(organization) { connection in
      try connection.query(
        Self.update,
        [
          .int4(organization.rawValue), id.uuid.value, .optionalText(change.name),
          .optionalText(change.url), .optionalBytea(change.sealedSecret),
          .optionalText(change.format?.rawValue),
          change.actions.map { .textArray($0) } ?? .null,
          .optionalText(change.minimumSeverity?.rawValue), .optionalBool(change.isEnabled),
        ], row: Webhook.init
      ).first
    }
  }

  /// - Returns: whether there was one.
  public func delete(_ id: WebhookID, of organization: OrganizationID) async throws -> Bool {
    try await tenants.withConnection(organization) { connection in
      try connection.execute(Self.remove, [.int4(organization.rawValue), id.uuid.value]) > 0
    }
  }

  static func item(
    _ organization: OrganizationID, _ id: WebhookID, on connection: isolated PostgresConnection
  ) throws -> Webhook? {
    try connection.query(
      itemStatement, [.int4(organization.rawValue), id.uuid.value], row: Webhook.init
    ).first
  }

  private static let list = PostgresStatement(
    "webhooks.list",
    """
    select \(Webhook.columns)
    from webhooks
    where organization_id = $1
    order by created_at, id
    limit 1000
    """)
  private static let itemStatement = PostgresStatement(
    "webhooks.item",
    """
    select \(Webhook.columns)
    from webhooks
    where organization_id = $1 and id = $2
    """)
  private static let begin = PostgresStatement(
    "webhooks.begin",
    """
    insert into webhook_cursors (organization_id, sequence)
    values ($1, coalesce(
      (select outbox_sequence from incident_counters where organization_id = $1), 0))
    on conflict do nothing
    """)
  private static let lock = PostgresStatement(
    "webhooks.lock", "select pg_advisory_xact_lock(1751478642, $1)")
  private static let count = PostgresStatement(
    "webhooks.count", "select count(*) from webhooks where organization_id = $1")
  private static let insert = PostgresStatement(
    "webhooks.insert",
    """
    insert into webhooks (
      organization_id, id, name, url, secret, format, actions, minimum_severity, enabled,
      created_by, since_sequence)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce(
      (select outbox_sequence from incident_counters where organization_id = $1), 0))
    returning \(Webhook.columns)
    """)
  /// One that is enabled again is told of what comes from now on.
  private static let update = PostgresStatement(
    "webhooks.update",
    """
    update webhooks
    set name = coalesce($3::text, name),
      url = coalesce($4::text, url),
      secret = coalesce($5::bytea, secret),
      format = coalesce($6::text, format),
      actions = coalesce($7::text[], actions),
      minimum_severity = coalesce($8::text, minimum_severity),
      enabled = coalesce($9::bool, enabled),
      disabled_reason = case when $9::bool is null then disabled_reason end,
      failures = case when $4::text is null then failures else 0 end,
      since_sequence = case when $9::bool and not enabled then coalesce(
        (select outbox_sequence from incident_counters where organization_id = $1), 0)
        else since_sequence end,
      updated_at = now()
    where organization_id = $1 and id = $2
    returning \(Webhook.columns)
    """)
  private static let remove = PostgresStatement(
    "webhooks.delete", "delete from webhooks where organization_id = $1 and id = $2")
}
