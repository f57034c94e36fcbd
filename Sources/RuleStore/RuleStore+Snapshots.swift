public import Core
internal import Postgres

extension RuleStore {
  /// The installation's rules at a revision, by id; nil for now.
  ///
  /// What it reads at a revision never changes, provided that the revision was effective for an
  /// organization, or belongs to the installation, when it was learnt.
  public func base(at revision: Int64? = nil) async throws -> BaseRules {
    try await reading { try Self.base(at: revision, on: $0) }
  }

  /// What the organization adds to the installation's rules at a revision; nil for now.
  ///
  /// As with `base(at:)`, a revision must have been effective for the organization. The two are of one
  /// moment only if they are read at the same revision: `snapshot(of:at:)` does so.
  public func own(
    _ organization: OrganizationID, at revision: Int64? = nil
  ) async throws -> OrganizationRules {
    try await reading { try Self.own(organization, at: revision, on: $0) }
  }

  /// All rules of an organization at a revision; nil for now.
  public func snapshot(
    of organization: OrganizationID, at revision: Int64? = nil
  ) async throws -> RuleSnapshot {
    try await reading { connection in
      RuleSnapshot(
        base: try Self.base(at: revision, on: connection),
        own: try Self.own(organization, at: revision, on: connection))
    }
  }

  private func reading<Value: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> Value
  ) async throws -> Value {
    try await pool.withConnection { connection in
      try connection.transaction(isolation: .readOnlySnapshot) { try body(connection) }
    }
  }

  private static func base(
    at revision: Int64?, on connection: isolated PostgresConnection
  ) throws -> BaseRules {
    BaseRules(
      revision: try baseRevision(at: revision, on: connection),
      rules: try rules(of: installation, at: revision, on: connection))
  }

  private static func own(
    _ organization: OrganizationID, at revision: Int64?,
    on connection: isolated PostgresConnection
  ) throws -> OrganizationRules {
    let values: [PostgresValue] = [.int4(organization.rawValue), .int8(revision ?? .max)]
    let modes = try connection.query(baseModes, values) { row in
      (try row.text(0), try named(row.text(1)) as RuleMode)
    }
    return OrganizationRules(
      organization: organization,
      revision: try ownRevision(of: organization, at: revision, on: connection),
      rules: try rules(of: organization.rawValue, at: revision, on: connection),
      baseModes: Dictionary(uniqueKeysWithValues: modes),
      exceptions: try connection.query(exceptions, values, row: RuleException.init))
  }

  private static func rules(
    of organization: Int32, at revision: Int64?, on connection: isolated PostgresConnection
  ) throws -> [RuleRecord] {
    try connection.query(documents, [.int4(organization), .int8(revision ?? .max)]) {
      try RuleRecord($0)
    }
  }

  private static let documents = PostgresStatement(
    "rules.in_force",
    """
    select \(RuleRecord.columns)
    from rule_states s
    join rule_versions v using (organization_id, rule_id, version)
    where s.organization_id = $1
      and s.from_revision <= $2
      and (s.to_revision is null or s.to_revision > $2)
    order by v.rule_id
    """)
  private static let baseModes = PostgresStatement(
    "rules.base_modes",
    """
    select rule_id, mode
    from rule_states
    where organization_id = $1
      and version is null
      and from_revision <= $2
      and (to_revision is null or to_revision > $2)
    """)
  private static let exceptions = PostgresStatement(
    "rules.exceptions_in_force",
    """
    select \(RuleException.columns)
    from rule_exceptions e
    where organization_id = $1
      and from_revision <= $2
      and (to_revision is null or to_revision > $2)
    order by id
    """)
}
