internal import Core
internal import Postgres

extension RuleStore {
  static let insertException = PostgresStatement(
    "rules.add_exception",
    """
    insert into rule_exceptions as e (
      organization_id, from_revision, created_at, created_by, rule_id, entity_type, entity_value,
      match, reason, expires_at)
    select $1, $2, r.created_at, $3, $4::text, $5::text, $6::text, $7::jsonb, $8, $9
    from rule_revisions r
    where r.revision = $2
    returning \(RuleException.columns)
    """)
  static let endExpired = PostgresStatement(
    "rules.end_expired_exceptions",
    """
    update rule_exceptions
    set to_revision = $2, ended_at = clock_timestamp(), ended_by = 'expiry'
    where organization_id = $1
      and to_revision is null
      and expires_at < clock_timestamp() - interval '1 hour'
    """)
  static let countOpen = PostgresStatement(
    "rules.count_exceptions",
    """
    select count(*)
    from rule_exceptions
    where organization_id = $1 and to_revision is null
    """)
  static let isOpen = PostgresStatement(
    "rules.exception_is_open",
    """
    select to_revision is null
    from rule_exceptions
    where organization_id = $1 and id = $2
    """)
  static let endOne = PostgresStatement(
    "rules.end_exception",
    """
    update rule_exceptions
    set to_revision = $3, ended_at = clock_timestamp(), ended_by = $4
    where organization_id = $1 and id = $2
    """)
  static let listExceptions = PostgresStatement(
    "rules.exceptions",
    """
    select \(RuleException.columns), e.ended_at, e.ended_by, coalesce(hits.detections, 0),
      hits.last_at
    from rule_exceptions e
    cross join lateral (
      select sum(detections)::bigint as detections, max(last_at) as last_at
      from rule_exception_hits
      where exception_id = e.id
    ) hits
    where e.organization_id = $1
      and e.id < $2
      and ($4 or e.to_revision is null)
    order by e.id desc
    limit $3
    """)
}

extension RuleExceptionRecord {
  init(_ row: PostgresRow) throws {
    exception = try RuleException(row)
    endedAt = try row.optionalTimestamptz(9).map { Timestamp(microseconds: $0) }
    endedBy = try row.optionalText(10)
    held = try row.int8(11)
    lastHeldAt = try row.optionalTimestamptz(12).map { Timestamp(microseconds: $0) }
  }
}
