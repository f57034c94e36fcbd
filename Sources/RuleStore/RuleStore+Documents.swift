internal import Core
internal import Postgres

extension RuleStore {
  /// The installation stands as this organization in `rules`, `rule_versions` and `rule_states`.
  static let installation: Int32 = 0

  /// Puts a new version of each document in force from `revision` on, in place of what is.
  static func store(
    _ documents: [RuleDocument], of organization: Int32, mode: RuleMode, revision: Int64,
    actor: String, on connection: isolated PostgresConnection
  ) throws {
    guard !documents.isEmpty else { return }
    try end(documents.map(\.id), of: organization, revision: revision, on: connection)
    try connection.execute(
      insert,
      [
        .int4(organization), .int8(revision), .text(actor), .text(mode.rawValue),
        .textArray(documents.map(\.id)), .textArray(documents.map(\.kind.rawValue)),
        .textArray(documents.map(\.title)), .textArray(documents.map(\.level)),
        .textArray(documents.map(\.source)),
      ])
  }

  /// Ends at `revision` what is in force of these rules; an organization's modes for rules of the
  /// installation stay.
  static func end(
    _ ids: [String], of organization: Int32, revision: Int64,
    on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(endStates, [.int4(organization), .int8(revision), .textArray(ids)])
  }

  private static let endStates = PostgresStatement(
    "rules.end",
    """
    update rule_states
    set to_revision = $2
    where organization_id = $1
      and rule_id = any ($3)
      and to_revision is null
      and version is not null
    """)

  // A version is larger than all that an organization that sees the rule may have seen.
  private static let insert = PostgresStatement(
    "rules.store",
    """
    with documents as (
      select *
      from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
        as documents (rule_id, kind, title, level, source)
    ), numbered as (
      insert into rules (organization_id, rule_id, last_version)
      select $1, rule_id, 1 + coalesce((
        select max(known.last_version)
        from rules known
        where known.rule_id = documents.rule_id
          and ($1 = 0 or known.organization_id in (0, $1))), 0)
      from documents
      on conflict (organization_id, rule_id) do update
      set last_version = excluded.last_version
      returning rule_id, last_version
    ), versions as (
      insert into rule_versions (
        organization_id, rule_id, version, kind, title, level, source, digest, created_at,
        created_by)
      select $1, rule_id, last_version, kind, title, level, source,
        sha256(convert_to(source, 'UTF8')), r.created_at, $3
      from documents
      join numbered using (rule_id)
      cross join rule_revisions r
      where r.revision = $2
    )
    insert into rule_states (organization_id, rule_id, from_revision, version, mode)
    select $1, rule_id, $2, last_version, $4
    from numbered
    """)
}
