internal import Core
internal import Postgres

/// Holds off changes of rules until the end of the transaction, so that what is committed under one
/// revision comes before it in every writer's numbers, or behind it (`rules_fence`).
enum RulesFence {
  /// The revision in force for each of the organizations; no change can commit until this transaction
  /// ends.
  static func take(
    _ organizations: Set<OrganizationID>, on connection: isolated PostgresConnection
  ) throws -> [OrganizationID: Int64] {
    let rows = try connection.query(fence, [.int4Array(organizations.map(\.rawValue))]) { row in
      (OrganizationID(try row.int4(0)), try row.int8(1))
    }
    return Dictionary(rows) { first, _ in first }
  }

  private static let fence = PostgresStatement(
    "rules.fence",
    """
    select organization_id, revision
    from rules_fence($1)
    """)
}
