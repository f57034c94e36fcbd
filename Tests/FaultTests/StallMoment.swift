internal import ServiceHarness

/// In the midst of what a node is stopped, so that it keeps the locks that go with it.
enum StallMoment: CaseIterable, Sendable {
  /// It renews its leases.
  case claiming
  /// It commits events.
  case committing
  /// It writes incidents, if that comes about in time.
  case correlating

  /// SQL that holds the node up at that moment; nil where it can't be held.
  func obstacle(node: String) -> String? {
    switch self {
    case .claiming: "select from correlation_leases where owner like '\(node)-%' for update"
    case .committing: "lock table ingest_batches in share row exclusive mode"
    case .correlating: nil
    }
  }

  /// SQL for the number of the node's sessions that the obstacle holds up, or that hold leases fast.
  func held(node: String) -> String {
    switch self {
    case .claiming:
      """
      select count(*)
      from pg_stat_activity
      where application_name = 'harrier'
        and wait_event_type = 'Lock'
        and query like 'update correlation_leases%'
      """
    case .committing:
      // A writer's session holds its number by an advisory lock of the class 0x48525752.
      """
      select count(*)
      from pg_stat_activity a
      join pg_locks l on l.pid = a.pid
        and l.locktype = 'advisory' and l.classid::bigint = 1213355858 and l.granted
      join event_writers w on w.id = l.objid::bigint
      where w.node = '\(node)' and a.wait_event_type = 'Lock'
      """
    case .correlating:
      """
      with free as (
        select shard
        from correlation_leases
        for update skip locked)
      select count(*)
      from correlation_leases
      where owner like '\(node)-%' and shard not in (select shard from free)
      """
    }
  }
}
