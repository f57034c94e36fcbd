internal import Postgres

extension IncidentTally {
  static let readKept = PostgresStatement(
    "incidents.kept_counts",
    """
    select \(grouped), coalesce(sum(incidents::int4), 0)
    from (
      select *
      from incident_tallies
      where organization_id = $1
      union all
      select *
      from incident_tally_changes
      where organization_id = $1
    ) counts
    where (cardinality($2::text[]) = 0 or status = any ($2))
      and (cardinality($3::text[]) = 0 or severity = any ($3))
      and ($4::text is null or assignee = $4)
      and ($5::text is null or rule_id = $5)
      and (cardinality($6::text[]) = 0 or verdict = any ($6))
    \(grouping)
    """)
  static let countChanges = PostgresStatement(
    "incidents.count_tally_changes",
    """
    select count(*)
    from (
      select
      from incident_tally_changes
      where organization_id = $1
      limit $2
    ) waiting
    """)
  static let foldChanges = PostgresStatement(
    "incidents.fold_tally_changes",
    """
    with gone as (
      delete from incident_tally_changes
      where organization_id = $1
      returning *)
    insert into incident_tallies as known (
      organization_id, status, severity, assignee, rule_id, verdict, incidents)
    select $1, status, severity, assignee, rule_id, verdict, sum(incidents)
    from gone
    group by status, severity, assignee, rule_id, verdict
    on conflict (organization_id, status, severity, assignee, rule_id, verdict)
      do update set incidents = known.incidents + excluded.incidents
    """)
  static let findTitles = PostgresStatement(
    "incidents.rule_titles",
    """
    select wanted.id, latest.rule_title
    from unnest($2::text[]) as wanted (id)
    cross join lateral (
      select number as latest_number
      from incident_terms
      where organization_id = $1 and kind = 'rule' and value = correlation_text(wanted.id)
      order by created_at desc, number desc
      limit 1
    ) term
    cross join lateral (
      select rule_title
      from incidents
      where organization_id = $1 and number = latest_number
      offset 0
    ) latest
    """)
}
