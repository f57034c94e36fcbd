public import Postgres

/// Leases of shards. All times are the database's, so that clocks of nodes do not matter.
public enum CorrelationLeases {
  /// Renews the leases of `owner`, and brings their number towards its fair share: takes shards that
  /// are free or whose lease has expired, or gives some back when another correlator has joined.
  ///
  /// If this process stalls within the transaction, which locks its leases, the server ends it after
  /// `duration`: others could not take them until then.
  ///
  /// - Parameter duration: seconds until the leases expire.
  /// - Returns: the leases that `owner` has now.
  public static func claim(
    owner: String, duration: Int32, on connection: isolated PostgresConnection
  ) throws -> [CorrelationLease] {
    try connection.transaction {
      try connection.execute(limitIdleness, [.text("\(duration)s")])
      let workers = try connection.query(register, [.text(owner), .int4(duration)]) {
        try $0.int8(0)
      }
      let alive = Int32(clamping: max(workers.first ?? 1, 1))
      let most = (CorrelationShard.count + alive - 1) / alive
      let kept = try connection.query(
        renew, [.text(owner), .int4(duration)], row: { try lease($0, owner) })
      let room = most - Int32(kept.count)
      guard room >= 0 else {
        let sorted = kept.sorted { $0.shard < $1.shard }
        try release(Array(sorted[Int(most)...]), on: connection)
        return Array(sorted[..<Int(most)])
      }
      let taken = try connection.query(
        take, [.text(owner), .int4(duration), .int4(room)], row: { try lease($0, owner) })
      return kept + taken
    }
  }

  /// Gives leases back, so that others need not wait for them to expire.
  public static func release(
    _ leases: [CorrelationLease], on connection: isolated PostgresConnection
  ) throws {
    for lease in leases {
      try connection.execute(
        giveBack, [.int4(lease.shard.rawValue), .text(lease.owner), .int8(lease.epoch)])
    }
  }

  /// Gives up all leases of `owner`, which ends in good order.
  public static func leave(owner: String, on connection: isolated PostgresConnection) throws {
    try connection.transaction {
      try connection.execute(giveAllBack, [.text(owner)])
      try connection.execute(unregister, [.text(owner)])
    }
  }

  /// Holds the lease fast for this transaction: nobody else can take it before the commit.
  ///
  /// Throws `IncidentStoreError` with `leaseLost` if it is another's by now. An expired lease that
  /// nobody has taken still holds: what counts is that there is no other. If this process stalls
  /// within the transaction, the server ends it after `patience` seconds, so that the lease is free.
  public static func fence(
    _ lease: CorrelationLease, patience: Int32 = 10, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(limitIdleness, [.text("\(patience)s")])
    let found = try connection.query(
      hold, [.int4(lease.shard.rawValue), .text(lease.owner), .int8(lease.epoch)],
      row: { _ in true })
    guard found.count == 1 else {
      throw IncidentStoreError(
        .leaseLost, "shard \(lease.shard.rawValue) is no longer ours at epoch \(lease.epoch)")
    }
  }

  private static func lease(_ row: PostgresRow, _ owner: String) throws -> CorrelationLease {
    CorrelationLease(
      shard: CorrelationShard(rawValue: try row.int4(0)), owner: owner, epoch: try row.int8(1))
  }

  private static let renew = PostgresStatement(
    "leases.renew",
    """
    update correlation_leases
    set expires_at = now() + make_interval(secs => $2::int4)
    where owner = $1 and expires_at > now()
    returning shard, epoch
    """)
  private static let take = PostgresStatement(
    "leases.take",
    """
    update correlation_leases
    set owner = $1, epoch = epoch + 1, expires_at = now() + make_interval(secs => $2::int4)
    where shard in (
      select shard
      from correlation_leases
      where expires_at <= now()
      order by shard
      limit $3
      for update skip locked)
    returning shard, epoch
    """)
  private static let giveBack = PostgresStatement(
    "leases.release",
    """
    update correlation_leases
    set expires_at = now(), owner = null
    where shard = $1 and owner = $2 and epoch = $3
    """)
  private static let giveAllBack = PostgresStatement(
    "leases.release_all",
    """
    update correlation_leases
    set expires_at = now(), owner = null
    where owner = $1
    """)
  private static let register = PostgresStatement(
    "workers.register",
    """
    with mine as (
      insert into correlation_workers (owner, expires_at)
      values ($1, now() + make_interval(secs => $2::int4))
      on conflict (owner) do update set expires_at = excluded.expires_at
      returning owner),
    gone as (
      delete from correlation_workers where expires_at < now() - interval '1 hour')
    select (select count(*) from mine)
      + (select count(*) from correlation_workers where owner <> $1 and expires_at > now())
    """)
  private static let unregister = PostgresStatement(
    "workers.unregister", "delete from correlation_workers where owner = $1")
  private static let limitIdleness = PostgresStatement(
    "leases.patience", "select set_config('idle_in_transaction_session_timeout', $1, true)")
  private static let hold = PostgresStatement(
    "leases.fence",
    """
    select shard
    from correlation_leases
    where shard = $1 and owner = $2 and epoch = $3
    for update
    """)
}
