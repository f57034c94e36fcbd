public import Core
internal import Postgres

extension RuleStore {
  /// A rule as the organization has it now: its own document, or the installation's with the
  /// organization's mode; nil where it has none of that id.
  public func record(
    _ id: String, _ organization: OrganizationID
  ) async throws -> RuleRecord? {
    try await pool.withConnection { try Self.record(id, organization, on: $0) }
  }

  static func record(
    _ id: String, _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> RuleRecord? {
    try connection.query(current, [.int4(organization.rawValue), .text(id)]) {
      try RuleRecord($0)
    }.first
  }

  /// Any version of a rule that the organization has or had, with the mode that it has or had last.
  /// A version stands for one document only, be it the organization's or the installation's.
  public func record(
    _ id: String, _ organization: OrganizationID, version: Int32
  ) async throws -> RuleRecord? {
    try await pool.withConnection { connection in
      try connection.query(
        Self.ofVersion, [.int4(organization.rawValue), .text(id), .int4(version)]
      ) { try RuleRecord($0) }.first
    }
  }

  /// The versions of a rule, newest first.
  ///
  /// - Parameter before: the version at which the page before ended; nil for the first page.
  public func versions(
    _ id: String, _ organization: OrganizationID, before: Int32? = nil, limit: Int = 100
  ) async throws -> [RuleSummary] {
    try await pool.withConnection { connection in
      try connection.query(
        Self.allVersions,
        [
          .int4(organization.rawValue), .text(id), .int4(before ?? .max),
          .int8(Self.page(limit)),
        ]
      ) { try RuleSummary($0) }
    }
  }

  /// The rules that the organization has now, by id in the order of its UTF-8.
  ///
  /// - Parameter after: the id at which the page before ended; nil for the first page.
  public func list(
    _ organization: OrganizationID, _ filter: RuleFilter = RuleFilter(), after: String? = nil,
    limit: Int = 100
  ) async throws -> [RuleSummary] {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .text(after ?? ""), .int8(Self.page(limit)),
      .textArray(filter.kinds.map(\.rawValue)), .textArray(filter.modes.map(\.rawValue)),
      .textArray(filter.levels), .text(filter.text ?? ""),
      .boolArray(filter.isBase.map { [$0] } ?? []),
    ]
    return try await pool.withConnection { connection in
      try connection.query(Self.page, values) { try RuleSummary($0) }
    }
  }

  /// What the organization $1 has: as `s`, with the mode that holds for it.
  private static let visible = """
    (
      select own.organization_id, own.rule_id, own.version, own.mode
      from rule_states own
      where own.organization_id = $1 and own.to_revision is null and own.version is not null
      union all
      select base.organization_id, base.rule_id, base.version, coalesce(chosen.mode, base.mode)
      from rule_states base
      left join rule_states chosen
        on chosen.organization_id = $1
          and chosen.rule_id = base.rule_id
          and chosen.version is null
          and chosen.to_revision is null
      where base.organization_id = 0
        and base.to_revision is null
        and not exists (
          select
          from rule_states own
          where own.organization_id = $1
            and own.rule_id = base.rule_id
            and own.to_revision is null
            and own.version is not null)
    ) s
    join rule_versions v using (organization_id, rule_id, version)
    """

  /// All versions of rule $2 that the organization $1 has or had: as `v` and `s`.
  private static let everSeen = """
    rule_versions v
    cross join lateral (
      select coalesce((
        select chosen.mode
        from rule_states chosen
        where v.organization_id = 0
          and chosen.organization_id = $1
          and chosen.rule_id = v.rule_id
          and chosen.version is null
          and chosen.to_revision is null), last.mode) as mode
      from rule_states last
      where last.organization_id = v.organization_id
        and last.rule_id = v.rule_id
        and last.version = v.version
      order by last.from_revision desc
      limit 1
    ) s
    where v.organization_id in (0, $1) and v.rule_id = $2
    """

  private static let current = PostgresStatement(
    "rules.item",
    """
    select \(RuleRecord.columns)
    from \(visible)
    where rule_id = $2
    """)
  private static let ofVersion = PostgresStatement(
    "rules.version",
    """
    select \(RuleRecord.columns)
    from \(everSeen)
      and v.version = $3
    """)
  private static let allVersions = PostgresStatement(
    "rules.versions",
    """
    select \(RuleSummary.columns)
    from \(everSeen)
      and v.version < $3
    order by v.version desc
    limit $4
    """)
  private static let page = PostgresStatement(
    "rules.list",
    """
    select \(RuleSummary.columns)
    from \(visible)
    where rule_id > $2
      and (cardinality($4::text[]) = 0 or v.kind = any ($4))
      and (cardinality($5::text[]) = 0 or s.mode = any ($5))
      and (cardinality($6::text[]) = 0 or v.level = any ($6))
      and ($7 = '' or position(lower($7) in lower(v.title)) > 0
        or position(lower($7) in lower(v.rule_id)) > 0)
      and (cardinality($8::bool[]) = 0 or (v.organization_id = 0) = any ($8))
    order by rule_id
    limit $3
    """)
}
