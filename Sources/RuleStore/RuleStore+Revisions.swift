public import Core
internal import Postgres

extension RuleStore {
  /// The organization's effective revision; 0 before the first.
  public func revision(of organization: OrganizationID) async throws -> Int64 {
    try await pool.withConnection { try Self.revision(of: organization, on: $0) }
  }

  static func revision(
    of organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Int64 {
    try connection.query(effective, [.int4(organization.rawValue)]) { try $0.int8(0) }[0]
  }

  /// The installation's revision at a revision: what `base(at:)` reads changes with it only.
  public func baseRevision(at revision: Int64? = nil) async throws -> Int64 {
    try await pool.withConnection { try Self.baseRevision(at: revision, on: $0) }
  }

  static func baseRevision(
    at revision: Int64?, on connection: isolated PostgresConnection
  ) throws -> Int64 {
    try connection.query(lastOfBase, [.int8(revision ?? .max)]) { try $0.int8(0) }[0]
  }

  static func baseRevision(
    before revision: Int64, on connection: isolated PostgresConnection
  ) throws -> Int64 {
    try baseRevision(at: revision - 1, on: connection)
  }

  static func ownRevision(
    of organization: OrganizationID, at revision: Int64?,
    on connection: isolated PostgresConnection
  ) throws -> Int64 {
    try connection.query(lastOfOwn, [.int4(organization.rawValue), .int8(revision ?? .max)]) {
      try $0.int8(0)
    }[0]
  }

  /// Changes of all organizations and of the installation after a revision, in order and without
  /// gaps: what is not among them yet has a larger revision than all that are. Never to be shown to
  /// one organization.
  public func revisions(
    after revision: Int64, limit: Int = RuleLimits.largestPage
  ) async throws -> [RuleRevision] {
    try await pool.withConnection { connection in
      try connection.query(
        Self.following, [.int8(revision), .int8(Self.page(limit))], row: RuleRevision.init)
    }
  }

  /// The journal, newest first: changes of the organization's rules and exceptions and of the
  /// installation's rules.
  ///
  /// - Parameters:
  ///   - ruleID: only those that changed what is in force of this rule, or its exceptions.
  ///   - before: where the page before ended; nil for the first.
  public func history(
    _ organization: OrganizationID, ruleID: String? = nil, before: Int64? = nil, limit: Int = 100
  ) async throws -> [RuleRevision] {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .int8(before ?? .max), .int8(Self.page(limit)),
    ]
    return try await pool.withConnection { connection in
      if let ruleID {
        try connection.query(
          Self.journalOfRule, values + [.text(ruleID)], row: RuleRevision.init)
      } else {
        try connection.query(Self.journal, values, row: RuleRevision.init)
      }
    }
  }

  static func page(_ limit: Int) -> Int64 {
    precondition(
      (1...RuleLimits.largestPage).contains(limit),
      "a page holds 1 to \(RuleLimits.largestPage) items")
    return Int64(limit)
  }

  private static let effective = PostgresStatement(
    "rules.revision",
    """
    select coalesce(max(revision), 0)
    from rule_latest
    where organization_id in (0, $1)
    """)
  private static let lastOfBase = PostgresStatement(
    "rules.base_revision",
    """
    select coalesce(max(revision), 0)
    from rule_revisions
    where organization_id is null and revision <= $1
    """)
  private static let lastOfOwn = PostgresStatement(
    "rules.own_revision",
    """
    select coalesce(max(revision), 0)
    from rule_revisions
    where organization_id = $1 and revision <= $2
    """)
  private static let following = PostgresStatement(
    "rules.revisions",
    """
    select \(RuleRevision.columns)
    from rule_revisions r
    where revision > $1
    order by revision
    limit $2
    """)
  private static let journal = PostgresStatement(
    "rules.journal",
    """
    select \(RuleRevision.columns)
    from rule_revisions r
    where (organization_id = $1 or organization_id is null) and revision < $2
    order by revision desc
    limit $3
    """)
  private static let journalOfRule = PostgresStatement(
    "rules.journal_of_rule",
    """
    select \(RuleRevision.columns)
    from rule_revisions r
    where (organization_id = $1 or organization_id is null)
      and revision < $2
      and revision in (
        select unnest(array[from_revision, to_revision])
        from rule_states
        where organization_id in (0, $1) and rule_id = $4
        union all
        select unnest(array[from_revision, to_revision])
        from rule_exceptions
        where organization_id = $1 and rule_id = $4)
    order by revision desc
    limit $3
    """)
}
