public import Core
internal import Postgres

extension RuleStore {
  /// The effective revisions of several organizations, read together; 0 before the first.
  public func revisions(
    of organizations: [OrganizationID]
  ) async throws -> [OrganizationID: Int64] {
    let values: [PostgresValue] = [.int4Array(organizations.map(\.rawValue))]
    let rows = try await pool.withConnection { connection in
      try connection.query(Self.effectiveOfSeveral, values) { row in
        (OrganizationID(try row.int4(0)), try row.int8(1))
      }
    }
    return Dictionary(rows) { first, _ in first }
  }

  private static let effectiveOfSeveral = PostgresStatement(
    "rules.revisions_of",
    """
    select wanted.id, coalesce(max(latest.revision), 0)
    from unnest($1::int[]) as wanted (id)
    left join rule_latest latest on latest.organization_id in (0, wanted.id)
    group by wanted.id
    """)
}
