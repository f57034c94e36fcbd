public import Core
internal import Postgres

extension AuthService {
  /// The most sessions that are listed.
  public static let listedSessions = 200

  /// Changes the principal's own password, and ends his other sessions.
  ///
  /// - Throws: the ``Problem`` 403 `password_wrong` for a wrong old one or `user_needed` for an API key,
  ///   400 `invalid_request` for a new one that the policy refuses, 429 `login_limited` after too many
  ///   wrong ones.
  public func changePassword(
    of principal: Principal, from old: Secret<String>, to new: Secret<String>, address: IPAddress
  ) async throws {
    guard let user = principal.userID, let session = principal.session else {
      throw Problem.notForKeys
    }
    let found = try await pool.withConnection { connection in
      try connection.passwordHash(of: user).map { hash, email in
        (hash: hash, email: email, policy: try connection.policy(of: principal.organization))
      }
    }
    guard let found else { throw Problem.sessionEnded }
    try await limit(found.email.rawValue, address)
    let verdict = try await passwords.verify(old, against: found.hash)
    guard verdict.matches else {
      observer?.accessEvent(.loginFailed(address: address))
      throw Problem.passwordWrong
    }
    await limiter.succeeded(account: found.email.rawValue, address: address.limitingNetwork)
    try PasswordPolicy.check(
      new, email: found.email, minimumLength: Int(found.policy.passwordLength),
      field: "new_password")
    let hash = try await passwords.hash(new)
    let now = clock.wall()
    try await pool.withConnection { connection in
      try connection.transaction {
        // Of two changes at the same time one finds the old password gone.
        guard try connection.setPasswordHash(user, to: hash, replacing: found.hash) else {
          throw Problem.passwordWrong
        }
        try connection.revokeSessions(of: user, at: now, except: session)
      }
    }
  }

  /// The principal's logins that have not ended, the newest first.
  public func sessions(of principal: Principal) async throws -> [UserSession] {
    guard let user = principal.userID else { throw Problem.notForKeys }
    let now = clock.wall()
    return try await pool.withConnection {
      try $0.sessions(of: user, at: now, limit: Self.listedSessions)
    }
  }

  /// Ends one of the principal's own sessions.
  ///
  /// - Parameter id: as ``UserSession`` has it, as text.
  /// - Throws: the ``Problem`` 404 `not_found` where he has no such session.
  public func endSession(_ id: String, of principal: Principal) async throws {
    guard let user = principal.userID else { throw Problem.notForKeys }
    guard let session = SessionID(id) else { throw Problem.unknown("session") }
    let now = clock.wall()
    let found = try await pool.withConnection { connection in
      guard try connection.session(session)?.user == user else { return false }
      try connection.revokeSession(session, at: now)
      return true
    }
    guard found else { throw Problem.unknown("session") }
    sessions.invalidate(session.description)
  }
}
