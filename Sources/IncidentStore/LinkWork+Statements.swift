internal import Postgres

extension LinkWork {
  private static let linkedColumns = """
    id, number, merged_into,
      (
        select coalesce(other.merged_into, other.id)
        from incidents other
        where other.organization_id = $1 and other.id = incidents.correlated_into)
    """
  static let findLinked = PostgresStatement(
    "incidents.linked",
    """
    select \(linkedColumns)
    from incidents
    where organization_id = $1 and id = any ($2)
    """)
  static let findChildren = PostgresStatement(
    "incidents.children",
    """
    select \(linkedColumns)
    from incidents
    where organization_id = $1 and merged_into = any ($2)
    """)
  static let findOperations = PostgresStatement(
    "incidents.operations",
    """
    select sequence, kind, members, parents, undone_at
    from incident_operations
    where organization_id = $1 and incident_id = $2
    order by sequence desc
    limit 1000
    """)
  static let findSystemEntry = PostgresStatement(
    "incidents.system_entry",
    """
    select
    from incident_journal
    where organization_id = $1 and sequence = $2 and actor = 'system'
    """)
  static let findSplits = PostgresStatement(
    "incidents.have_splits",
    """
    select exists (
      select
      from incident_splits
      where organization_id = $1 and incident_id = any ($2))
    """)
  static let linkMembers = PostgresStatement(
    "incidents.link",
    """
    update incidents
    set status_before = case when status = 'merged' then status_before else status end,
      status = 'merged',
      merged_into = $3,
      revision = revision + 1,
      updated_at = now()
    where organization_id = $1 and id = any ($2)
    """)
  static let unlinkMembers = PostgresStatement(
    "incidents.unlink",
    """
    update incidents
    set status = coalesce(status_before, 'open'),
      status_before = null,
      merged_into = null,
      revision = revision + 1,
      updated_at = now()
    where organization_id = $1 and id = any ($2)
    """)
  /// What correlation merged into $3, and into that, and that stands under $2: it goes to $4.
  static let moveCorrelated = PostgresStatement(
    "incidents.move_correlated",
    """
    with recursive found (id) as (
      select id
      from incidents
      where organization_id = $1 and merged_into = $2 and correlated_into = $3 and id <> $4
      union
      select i.id
      from found
      join incidents i on i.correlated_into = found.id
      where i.organization_id = $1 and i.merged_into = $2 and i.id <> $4
    )
    update incidents
    set merged_into = $4, revision = revision + 1, updated_at = now()
    from found
    where incidents.organization_id = $1 and incidents.id = found.id
    returning incidents.id
    """)
  static let moveMember = PostgresStatement(
    "incidents.move",
    """
    update incidents
    set merged_into = $3, revision = revision + 1, updated_at = now()
    where organization_id = $1 and id = $2
    """)
  static let touch = PostgresStatement(
    "incidents.touch",
    """
    update incidents
    set revision = revision + 1, updated_at = now()
    where organization_id = $1 and id = $2
    """)
  static let touchOwners = PostgresStatement(
    "incidents.touch_owners",
    """
    update incidents
    set revision = revision + 1, updated_at = now()
    where organization_id = $1 and id <> $3 and id in (
      select incident_id
      from incident_splits
      where organization_id = $1 and into_incident = any ($2))
    """)
  static let insertOperation = PostgresStatement(
    "incidents.keep_operation",
    """
    insert into incident_operations (organization_id, incident_id, sequence, kind, members, parents)
    select $1, $2, journal_sequence, $3, $4, $5
    from incident_counters
    where organization_id = $1
    returning sequence
    """)
  static let markUndone = PostgresStatement(
    "incidents.mark_undone",
    """
    update incident_operations
    set undone_at = (
      select journal_sequence
      from incident_counters
      where organization_id = $1)
    where organization_id = $1 and incident_id = $2 and sequence = $3
    """)
  static let deleteSplits = PostgresStatement(
    "incidents.take_back_events",
    """
    delete from incident_splits
    where organization_id = $1 and into_incident = any ($2)
    """)
}
