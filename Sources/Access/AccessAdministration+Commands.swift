public import Core
internal import Postgres

extension AccessAdministration {
  /// Writes down in the audit log what a command did with the database's own credentials.
  ///
  /// - Parameters:
  ///   - action: that of the endpoint which does the same.
  ///   - object: what it was done to.
  public func noteCommand(
    _ action: String, _ object: AuditEntry.Object, of organization: OrganizationID
  ) async throws {
    let entry = AuditEntry(
      at: clock.wall(), organization: organization, actor: "command", session: nil, address: nil,
      action: action, object: object, outcome: .done, status: 200, requestID: "-")
    let number = Int64.random(in: 1...Int64.max)
    try await pool.withConnection {
      try $0.insertAudit([AuditLog.Numbered(entry: entry, number: number)])
    }
  }
}
