public import Core
internal import Postgres

/// One change of rules: an entry of the rules' journal.
public struct RuleRevision: Hashable, Sendable {
  public var revision: Int64
  /// Nil for a change of the installation's rules.
  public var organization: OrganizationID?
  public var createdAt: Timestamp
  public var actor: String
  /// What was done, as a JSON object with `action`.
  public var change: String
  /// The number of each writer's last commit before the change; commits of a writer that is not here
  /// came after.
  public var heads: [Int32: Int64]

  public init(
    revision: Int64, organization: OrganizationID?, createdAt: Timestamp, actor: String,
    change: String, heads: [Int32: Int64]
  ) {
    self.revision = revision
    self.organization = organization
    self.createdAt = createdAt
    self.actor = actor
    self.change = change
    self.heads = heads
  }
}

extension RuleRevision {
  /// The columns that `init(_:)` reads, of `rule_revisions r`.
  static let columns = """
    r.revision, r.organization_id, r.created_at, r.actor, r.change::text,
      array (select key::int from jsonb_each_text(r.heads) order by key::int),
      array (select value::bigint from jsonb_each_text(r.heads) order by key::int)
    """

  init(_ row: PostgresRow) throws {
    revision = try row.int8(0)
    organization = try row.optionalInt4(1).map { OrganizationID($0) }
    createdAt = Timestamp(microseconds: try row.timestamptz(2))
    actor = try row.text(3)
    change = try row.text(4)
    let writers = try row.int4Array(5).compactMap(\.self)
    let numbers = try row.int8Array(6).compactMap(\.self)
    heads = Dictionary(uniqueKeysWithValues: zip(writers, numbers))
  }
}
