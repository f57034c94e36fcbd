public import Core
public import Correlation
public import Postgres

/// Detections that can't be correlated are set aside, and tried again as late arrivals. Until then
/// they are no part of any history, so that the incidents are in the end what they would have been.
extension CorrelationHistory {
  /// Sets an organization's detections of some commits aside.
  public static func skip(
    _ commits: ClosedRange<Int64>, writer: Int32, _ organization: OrganizationID,
    sqlState: String?, on connection: isolated PostgresConnection
  ) throws {
    let values: [PostgresValue] = [
      .int4(organization.rawValue), .int4(writer), .int8(commits.lowerBound),
      .int8(commits.upperBound),
    ]
    guard try connection.execute(extendSkip, values) == 0 else { return }
    try connection.execute(
      noteSkip,
      values + [
        .int4(CorrelationShard(of: organization).rawValue), .optionalText(sqlState),
      ])
  }

  /// What of some shards is set aside and may be tried again now, the oldest first.
  public static func due(
    _ shards: [CorrelationShard], limit: Int64, on connection: isolated PostgresConnection
  ) throws -> [HeldDetections] {
    try connection.query(
      findDue, [.int4Array(shards.map(\.rawValue)), .int8(limit)]
    ) { row in
      HeldDetections(
        id: try row.int8(0), organization: OrganizationID(try row.int4(1)),
        writer: try row.int4(2), commits: try row.int8(3)...row.int8(4),
        attempts: try row.int4(5))
    }
  }

  /// Has detections that are set aside tried again at once.
  ///
  /// - Returns: whether there are any of that number.
  public static func replaySkip(
    _ id: Int64, _ organization: OrganizationID, on connection: isolated PostgresConnection
  ) throws -> Bool {
    try connection.execute(hastenSkip, [.int8(id), .int4(organization.rawValue)]) > 0
  }

  /// Whether detections are still set aside as `held` says, which this transaction then keeps so.
  public static func isHeld(
    _ held: HeldDetections, on connection: isolated PostgresConnection
  ) throws -> Bool {
    try !connection.query(
      lockSkip, [.int8(held.id), .int8(held.commits.lowerBound), .int8(held.commits.upperBound)],
      row: { _ in true }
    ).isEmpty
  }

  /// Reads whole commits of what is set aside until it has at least `limit` detections.
  ///
  /// - Returns: the detections, and the last commit read.
  public static func detections(
    _ held: HeldDetections, limit: Int64, marks: RevisionMarks,
    on connection: isolated PostgresConnection
  ) throws -> (detections: [Detection], last: Int64) {
    let place: [PostgresValue] = [
      .int4(held.organization.rawValue), .int4(held.writer), .int8(held.commits.lowerBound),
    ]
    let ends = try connection.query(
      findHeldEnd, place + [.int8(held.commits.upperBound), .int8(limit)]
    ) { try $0.int8(0) }
    let last = ends.first ?? held.commits.upperBound
    var decoder = DetectionDecoder()
    let rows = try connection.query(readHeld, place + [.int8(last)]) {
      try decoder.detection($0, from: 0, marks)
    }
    return (rows, last)
  }

  /// Notes that what is set aside has been correlated up to a commit.
  public static func replayed(
    _ held: HeldDetections, to commit: Int64, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(
      commit < held.commits.upperBound ? shortenSkip : endSkip, [.int8(held.id), .int8(commit)])
  }

  /// Notes that it failed again: the next attempt comes later, at most an hour.
  public static func failed(
    _ held: HeldDetections, on connection: isolated PostgresConnection
  ) throws {
    try connection.execute(putOffSkip, [.int8(held.id)])
  }

  private static let extendSkip = PostgresStatement(
    "correlation.extend_skip",
    """
    update correlation_skips
    set to_seq = $4
    where id = (
      select id
      from correlation_skips
      where organization_id = $1 and writer_id = $2 and to_seq = $3 - 1 and replayed_at is null
        and retry_at > now()
      limit 1)
    """)
  private static let noteSkip = PostgresStatement(
    "correlation.skip",
    """
    insert into correlation_skips (
      organization_id, writer_id, from_seq, to_seq, shard, error_sqlstate, retry_at)
    values ($1, $2, $3, $4, $5, $6, now() + interval '1 second')
    """)
  private static let findDue = PostgresStatement(
    "correlation.due_skips",
    """
    select id, organization_id, writer_id, from_seq, to_seq, attempts
    from correlation_skips
    where replayed_at is null and retry_at <= now() and shard = any ($1)
    order by retry_at
    limit $2
    """)
  private static let hastenSkip = PostgresStatement(
    "correlation.replay_skip",
    """
    update correlation_skips
    set retry_at = now()
    where id = $1 and organization_id = $2 and replayed_at is null
    """)
  private static let lockSkip = PostgresStatement(
    "correlation.lock_skip",
    """
    select
    from correlation_skips
    where id = $1 and from_seq = $2 and to_seq = $3 and replayed_at is null
    for update
    """)
  private static let findHeldEnd = PostgresStatement(
    "correlation.held_end",
    """
    select writer_seq
    from detections
    where organization_id = $1 and writer_id = $2 and writer_seq between $3 and $4
    order by writer_seq
    offset $5
    limit 1
    """)
  private static let readHeld = PostgresStatement(
    "correlation.read_held",
    """
    select \(columns)
    from detections d
    where d.organization_id = $1 and d.writer_id = $2 and d.writer_seq between $3 and $4
    """)
  private static let shortenSkip = PostgresStatement(
    "correlation.shorten_skip",
    "update correlation_skips set from_seq = $2 + 1 where id = $1")
  private static let endSkip = PostgresStatement(
    "correlation.end_skip",
    "update correlation_skips set replayed_at = now() where id = $1 and to_seq = $2")
  private static let putOffSkip = PostgresStatement(
    "correlation.put_off_skip",
    """
    update correlation_skips
    set attempts = attempts + 1,
      retry_at = now() + make_interval(secs => least(2 ^ least(attempts, 12), 3600))
    where id = $1
    """)
}
