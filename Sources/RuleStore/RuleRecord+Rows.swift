internal import Core
internal import Postgres

extension RuleRecord {
  /// The columns that `init(_:)` reads, of `rule_versions v` and of `s` with the mode.
  static let columns = RuleSummary.columns + ", v.source"

  init(_ row: PostgresRow) throws {
    let summary = try RuleSummary(row)
    self.init(
      id: summary.id, version: summary.version, kind: summary.kind, mode: summary.mode,
      isBase: summary.isBase, title: summary.title, level: summary.level,
      source: try row.text(9), createdAt: summary.createdAt, createdBy: summary.createdBy)
  }
}

extension RuleSummary {
  /// The columns that `init(_:)` reads, of `rule_versions v` and of `s` with the mode.
  static let columns = """
    v.rule_id, v.version, v.kind, s.mode, v.organization_id = 0, v.title, v.level, v.created_at,
      v.created_by
    """

  init(_ row: PostgresRow) throws {
    self.init(
      id: try row.text(0), version: try row.int4(1), kind: try named(row.text(2)),
      mode: try named(row.text(3)), isBase: try row.bool(4), title: try row.text(5),
      level: try row.text(6), createdAt: Timestamp(microseconds: try row.timestamptz(7)),
      createdBy: try row.text(8))
  }
}

extension RuleException {
  /// The columns that `init(_:)` reads, of `rule_exceptions e`.
  static let columns = """
    e.id, e.rule_id, e.entity_type, e.entity_value, e.match::text, e.reason, e.created_at,
      e.created_by, e.expires_at
    """

  init(_ row: PostgresRow) throws {
    var entity: Entity?
    if let type = try row.optionalText(2), let value = try row.optionalText(3) {
      entity = Entity(type: type, value: value)
    }
    self.init(
      id: try row.int8(0), ruleID: try row.optionalText(1), entity: entity,
      match: try row.optionalText(4), reason: try row.text(5),
      createdAt: Timestamp(microseconds: try row.timestamptz(6)), createdBy: try row.text(7),
      expiresAt: Timestamp(microseconds: try row.timestamptz(8)))
  }
}
