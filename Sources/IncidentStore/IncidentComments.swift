public import Core
public import Correlation
public import Postgres

/// What somebody said of an incident. It stands in the journal and is never changed; it can be withdrawn,
/// with a reason.
public struct IncidentComment: Sendable, Equatable {
  public struct Withdrawal: Sendable, Equatable {
    public let at: Timestamp
    public let by: String
    public let reason: String
  }

  /// Its entry in the journal.
  public let sequence: Int64
  public let at: Timestamp
  public let author: String
  /// Nil once it is withdrawn.
  public let text: String?
  public let withdrawal: Withdrawal?
}

/// Comments, as they are read out of the journal and written into it.
public enum IncidentComments {
  public enum Result: Sendable {
    case done(IncidentComment)
    /// There is no such incident, or it has no such comment.
    case notFound
    /// Somebody else said it.
    case notAuthor
  }

  /// One page, oldest first.
  public static func list(
    _ organization: OrganizationID, _ id: IncidentID, limit: Int, after sequence: Int64 = 0,
    on connection: isolated PostgresConnection
  ) throws -> [IncidentComment] {
    try connection.query(
      find,
      [.int4(organization.rawValue), id.value, .int8(sequence), .int8(Int64(limit)), .null],
      row: comment)
  }

  /// Says something of an incident, whatever its status.
  ///
  /// - Returns: nil where there is no such incident.
  public static func add(
    _ organization: OrganizationID, _ id: IncidentID, _ text: String, actor: String,
    on connection: isolated PostgresConnection
  ) throws -> IncidentComment? {
    var change = IncidentChange()
    change.comment = text
    return try connection.transaction {
      try IncidentUpdates.lock(organization, on: connection)
      let result = try IncidentUpdates.apply(
        change, to: id, organization, ifRevision: nil, actor: actor, on: connection)
      guard case .changed = result else { return nil }
      // Nobody else writes into the journal meanwhile.
      return try connection.query(
        findLatest, [.int4(organization.rawValue), id.value, .text(actor)], row: comment
      ).first
    }
  }

  /// Takes a comment back. Doing so twice changes nothing the second time.
  ///
  /// - Parameter anyone: whether the actor may withdraw what others said.
  public static func withdraw(
    _ organization: OrganizationID, _ id: IncidentID, _ sequence: Int64, reason: String,
    actor: String, anyone: Bool, on connection: isolated PostgresConnection
  ) throws -> Result {
    try connection.transaction {
      try IncidentUpdates.lock(organization, on: connection)
      guard let comment = try one(organization, id, sequence, on: connection) else {
        return .notFound
      }
      guard anyone || comment.author == actor else { return .notAuthor }
      guard comment.withdrawal == nil else { return .done(comment) }
      try connection.execute(LinkWork.touch, [.int4(organization.rawValue), id.value])
      let detail = [("comment", String(sequence)), ("reason", JSONText.string(reason))]
      try IncidentUpdates.journal(
        organization, id, actor, "comment_withdrawn", JSONText.object(detail), on: connection)
      guard let withdrawn = try one(organization, id, sequence, on: connection) else {
        return .notFound
      }
      return .done(withdrawn)
    }
  }

  private static func one(
    _ organization: OrganizationID, _ id: IncidentID, _ sequence: Int64,
    on connection: isolated PostgresConnection
  ) throws -> IncidentComment? {
    try connection.query(
      find,
      [.int4(organization.rawValue), id.value, .int8(sequence - 1), .int8(1), .int8(sequence)],
      row: comment
    ).first
  }

  private static func comment(_ row: PostgresRow) throws -> IncidentComment {
    let withdrawal: IncidentComment.Withdrawal? =
      if let at = try row.optionalTimestamptz(4) {
        IncidentComment.Withdrawal(
          at: Timestamp(microseconds: at), by: try row.text(5), reason: try row.text(6))
      } else { nil }
    return IncidentComment(
      sequence: try row.int8(0), at: Timestamp(microseconds: try row.timestamptz(1)),
      author: try row.text(2), text: try row.optionalText(3), withdrawal: withdrawal)
  }

  private static let columns = """
    select said.sequence, said.at, said.actor,
      case when back.at is null then said.detail ->> 'comment' end,
      back.at, back.actor, back.detail ->> 'reason'
    from incident_journal said
    left join lateral (
      select at, actor, detail
      from incident_journal
      where organization_id = $1
        and incident_id = $2
        and action = 'comment_withdrawn'
        and sequence > said.sequence
        and detail ->> 'comment' = said.sequence::text
      order by sequence
      limit 1
    ) back on true
    where said.organization_id = $1 and said.incident_id = $2 and said.action = 'commented'
    """
  private static let find = PostgresStatement(
    "incidents.comments",
    """
    \(columns)
      and said.sequence > $3
      and ($5::int8 is null or said.sequence = $5)
    order by said.sequence
    limit $4
    """)
  private static let findLatest = PostgresStatement(
    "incidents.latest_comment",
    """
    \(columns) and said.actor = $3
    order by said.sequence desc
    limit 1
    """)
}
