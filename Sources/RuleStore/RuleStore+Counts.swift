internal import Postgres

extension RuleStore {
  /// How many rules of the installation are in force, by kind; none is missing.
  public func baseCounts() async throws -> [RuleKind: Int] {
    let rows = try await pool.withConnection { connection in
      try connection.query(Self.countBase) { (try $0.text(0), Int(try $0.int8(1))) }
    }
    var counts = Dictionary(uniqueKeysWithValues: RuleKind.allCases.map { ($0, 0) })
    for (name, count) in rows {
      if let kind = RuleKind(rawValue: name) { counts[kind] = count }
    }
    return counts
  }

  private static let countBase = PostgresStatement(
    "rules.count_base",
    """
    select v.kind, count(*)
    from rule_states s
    join rule_versions v using (organization_id, rule_id, version)
    where s.organization_id = 0 and s.to_revision is null and s.mode <> 'disabled'
    group by v.kind
    """)
}
