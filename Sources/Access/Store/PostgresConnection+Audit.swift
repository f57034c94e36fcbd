internal import Core
internal import Postgres

extension PostgresConnection {
  private static let insertAudit = PostgresStatement(
    "audit.insert",
    """
    insert into audit_log (
      at, id, organization_id, status, actor, session, address, action, object_type, object_id, outcome,
      request_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict do nothing
    """)

  /// Writes all or none; one that was written before is passed over.
  func insertAudit(_ group: [AuditLog.Numbered]) throws {
    try pipeline(
      group.map { item in
        let entry = item.entry
        return (
          Self.insertAudit,
          [
            .timestamptz(microseconds: entry.at.microseconds), .int8(item.number),
            .int4(entry.organization.rawValue), .int4(Int32(clamping: entry.status)),
            .text(entry.actor), .optionalUUID(entry.session.map { ($0.high, $0.low) }),
            .optionalInet(entry.address?.bytes), .text(entry.action),
            .optionalText(entry.object?.type), .optionalText(entry.object?.id),
            .text(entry.outcome.rawValue), .text(entry.requestID),
          ]
        )
      })
  }
}
