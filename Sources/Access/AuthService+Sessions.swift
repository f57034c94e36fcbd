public import Core
internal import Postgres

extension AuthService {
  /// Who holds the access token. Role and organization are those that the database has now (as far as
  /// the session cache knows, see ``KeyAuthenticator``), not those of the time of the login.
  ///
  /// - Throws: the ``Problem`` 401 `token_invalid`, `token_expired` or `session_ended`; `PostgresError`
  ///   where the database could not be asked.
  public func authenticate(token: Secret<String>) async throws -> Principal {
    let claims = try await tokens.verify(token)
    guard let session = SessionID(claims.sid) else { throw Problem.tokenInvalid }
    let record = try await sessions.value(for: session.description) { [pool] in
      try await pool.withConnection { try $0.session(session) }
    }
    guard let record, record.isActive, record.expires > clock.wall() else {
      throw Problem.sessionEnded
    }
    guard claims.org == record.organization.rawValue, claims.sub == record.user.description else {
      throw Problem.tokenInvalid
    }
    return Principal(
      organization: record.organization, subject: .user(record.user), scopes: record.role.scopes,
      role: record.role, session: session, tier: record.tier,
      expiresAt: min(record.expires, Timestamp(microseconds: claims.exp * 1_000_000)))
  }

  private enum Refreshed {
    case renewed(SessionID, SessionRecord)
    case reused(SessionID, SessionRecord?)
    case unknown
    case ended(SessionRecord?)
  }

  /// Exchanges a refresh token, once, for new tokens of the same session. A second use of a token means
  /// that two hold it, so the session and with it all of its tokens are revoked.
  ///
  /// - Parameter found: is told whose session it is, if it is anyone's, as with ``login(email:password:address:found:)``.
  /// - Throws: the ``Problem`` 401 `refresh_token_invalid` or `session_ended`.
  public func refresh(
    _ text: Secret<String>, found: (OrganizationID, UserID) -> Void = { _, _ in }
  ) async throws -> TokenPair {
    guard let token = RefreshToken(text) else { throw Problem.refreshTokenInvalid }
    let next = RefreshToken()
    let now = clock.wall()
    let outcome = try await pool.withConnection { connection in
      try connection.transaction { () -> Refreshed in
        guard let session = try connection.useRefreshToken(token, at: now) else {
          guard let session = try connection.sessionOfUsed(token) else { return .unknown }
          let record = try connection.session(session)
          try connection.revokeSession(session, at: now)
          return .reused(session, record)
        }
        let known = try connection.session(session)
        guard let record = known, record.isActive, record.expires > now else {
          return .ended(known)
        }
        let policy = try connection.policy(of: record.organization)
        let expires = min(policy.refreshEnd(from: now), record.expires)
        try connection.insertRefreshToken(next, session: session, at: now, expires: expires)
        return .renewed(session, record)
      }
    }
    switch outcome {
    case .renewed(_, let record), .reused(_, let record?), .ended(let record?):
      found(record.organization, record.user)
    case .reused, .ended, .unknown: break
    }
    switch outcome {
    case .renewed(let session, let record): return try await pair(record, session, next)
    case .reused(let session, _):
      sessions.invalidate(session.description)
      observer?.accessEvent(.refreshTokenReused(session))
      throw Problem.refreshTokenInvalid
    case .unknown: throw Problem.refreshTokenInvalid
    case .ended: throw Problem.sessionEnded
    }
  }

  /// Ends the principal's session: its access tokens and its refresh token are refused from now on.
  ///
  /// - Throws: the ``Problem`` 403 `user_needed` for an API key.
  public func logout(_ principal: Principal) async throws {
    guard let session = principal.session else { throw Problem.notForKeys }
    let now = clock.wall()
    try await pool.withConnection { try $0.revokeSession(session, at: now) }
    sessions.invalidate(session.description)
  }

  /// What the principal is called: his organization and, unless he is an API key, his user.
  public func identity(of principal: Principal) async throws -> Identity {
    let found = try await pool.withConnection { connection in
      (
        try connection.organization(id: principal.organization),
        try principal.userID.flatMap { try connection.user($0) }
      )
    }
    guard let organization = found.0, principal.userID == nil || found.1 != nil else {
      throw Problem.sessionEnded
    }
    return Identity(organization: organization, user: found.1)
  }

  /// Removes what ended more than a day ago, a thousand sessions at a time; returns how many.
  public func removeExpiredSessions() async throws -> Int {
    let before = clock.wall().advanced(byMicroseconds: -Timestamp.microsecondsPerDay)
    return try await pool.withConnection {
      try $0.removeSessions(expiredBefore: before, limit: 1000)
    }
  }
}
