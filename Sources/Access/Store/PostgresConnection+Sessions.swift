internal import Core
internal import Postgres

extension PostgresConnection {
  private static let insertSession = PostgresStatement(
    "sessions.insert",
    """
    insert into sessions (id, user_id, created_at, expires_at, address)
    select $1, id, $3, $4, $5
    from users
    where id = $2
      and disabled_at is null
      and password_hash = $6
    for share
    """)

  private static let session = PostgresStatement(
    "sessions.by_id",
    """
    select u.organization_id, u.id, u.role, s.expires_at,
      s.revoked_at is null and u.disabled_at is null,
      least(coalesce(p.user_tier, 3), coalesce(p.maximum_tier, 4))::smallint
    from sessions s
    join users u on u.id = s.user_id
    left join organization_policies p on p.organization_id = u.organization_id
    where s.id = $1
    """)

  private static let revokeSession = PostgresStatement(
    "sessions.revoke",
    """
    update sessions
    set revoked_at = $2
    where id = $1
      and revoked_at is null
    """)

  private static let revokeSessionsOfUser = PostgresStatement(
    "sessions.revoke_of_user",
    """
    update sessions
    set revoked_at = $2
    where user_id = $1
      and revoked_at is null
      and expires_at > $2
      and id is distinct from $3
    """)

  private static let sessionsOfUser = PostgresStatement(
    "sessions.of_user",
    """
    select id, created_at, expires_at, address
    from sessions
    where user_id = $1
      and revoked_at is null
      and expires_at > $2
    order by created_at desc, id
    limit $3
    """)

  private static let removeExpired = PostgresStatement(
    "sessions.remove_expired",
    """
    delete from sessions
    where id in (
      select id
      from sessions
      where expires_at < $1
      limit $2
    )
    """)

  private static let insertRefreshToken = PostgresStatement(
    "refresh_tokens.insert",
    """
    insert into refresh_tokens (token_sha256, session_id, created_at, expires_at)
    values ($1, $2, $3, $4)
    """)

  private static let useRefreshToken = PostgresStatement(
    "refresh_tokens.use",
    """
    update refresh_tokens
    set used_at = $2
    where token_sha256 = $1
      and used_at is null
      and expires_at > $2
    returning session_id
    """)

  private static let usedRefreshToken = PostgresStatement(
    "refresh_tokens.used",
    """
    select session_id
    from refresh_tokens
    where token_sha256 = $1
      and used_at is not null
    """)

  /// False where the user is disabled or gone.
  func insertSession(
    _ id: SessionID, user: UserID, provedBy hash: String, at time: Timestamp, expires: Timestamp,
    address: IPAddress
  ) throws -> Bool {
    let values: [PostgresValue] = [
      .session(id), .int4(user.rawValue), .time(time), .time(expires), .inet(address.bytes),
      .text(hash),
    ]
    return try execute(Self.insertSession, values) > 0
  }

  func session(_ id: SessionID) throws -> SessionRecord? {
    try query(Self.session, [.session(id)]) { row in
      SessionRecord(
        organization: OrganizationID(try row.int4(0)), user: UserID(try row.int4(1)),
        role: try readRole(row.text(2)), expires: Timestamp(microseconds: try row.timestamptz(3)),
        isActive: try row.bool(4), tier: try readTier(row.int2(5)))
    }.first
  }

  func revokeSession(_ id: SessionID, at time: Timestamp) throws {
    _ = try execute(Self.revokeSession, [.session(id), .time(time)])
  }

  func revokeSessions(
    of user: UserID, at time: Timestamp, except kept: SessionID? = nil
  ) throws {
    _ = try execute(
      Self.revokeSessionsOfUser,
      [
        .int4(user.rawValue), .time(time), .optionalUUID(kept.map { ($0.high, $0.low) }),
      ])
  }

  /// Those that have not ended, the newest first.
  func sessions(of user: UserID, at time: Timestamp, limit: Int) throws -> [UserSession] {
    try query(
      Self.sessionsOfUser, [.int4(user.rawValue), .time(time), .int8(Int64(limit))]
    ) { row in
      let id = try row.uuid(0)
      return UserSession(
        id: SessionID(high: id.high, low: id.low),
        createdAt: Timestamp(microseconds: try row.timestamptz(1)),
        expiresAt: Timestamp(microseconds: try row.timestamptz(2)),
        address: try row.optionalInet(3).flatMap { IPAddress(bytes: $0) })
    }
  }

  /// Removes at most `limit` sessions that ended before `time`, and their tokens.
  func removeSessions(expiredBefore time: Timestamp, limit: Int64) throws -> Int {
    try execute(Self.removeExpired, [.time(time), .int8(limit)])
  }

  func insertRefreshToken(
    _ token: RefreshToken, session: SessionID, at time: Timestamp, expires: Timestamp
  ) throws {
    _ = try execute(
      Self.insertRefreshToken,
      [.bytea(token.digest), .session(session), .time(time), .time(expires)])
  }

  /// Marks the token as used; nil where it is unknown, expired or was used before. Of two that try at
  /// the same time one gets it.
  func useRefreshToken(_ token: RefreshToken, at time: Timestamp) throws -> SessionID? {
    try query(Self.useRefreshToken, [.bytea(token.digest), .time(time)], row: readSessionID).first
  }

  /// The session of a token that was used before.
  func sessionOfUsed(_ token: RefreshToken) throws -> SessionID? {
    try query(Self.usedRefreshToken, [.bytea(token.digest)], row: readSessionID).first
  }
}

private func readSessionID(_ row: PostgresRow) throws -> SessionID {
  let id = try row.uuid(0)
  return SessionID(high: id.high, low: id.low)
}

extension PostgresValue {
  fileprivate static func session(_ id: SessionID) -> Self { .uuid(high: id.high, low: id.low) }
  fileprivate static func time(_ time: Timestamp) -> Self {
    .timestamptz(microseconds: time.microseconds)
  }
}
