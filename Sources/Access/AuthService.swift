public import Core
internal import Postgres

/// Logins of people: password to tokens, their renewal and their end.
public final class AuthService: Sendable {
  let pool: PostgresPool
  let passwords: PasswordHasher
  let limiter: any AttemptLimiter
  let tokens: AccessTokens
  let sessions: CredentialCache<SessionRecord>
  let observer: (any AccessObserver)?
  let clock: AccessClock

  init(
    pool: PostgresPool, passwords: PasswordHasher, limiter: any AttemptLimiter,
    tokens: AccessTokens, sessions: CredentialCache<SessionRecord>,
    observer: (any AccessObserver)?, clock: AccessClock
  ) {
    self.pool = pool
    self.passwords = passwords
    self.limiter = limiter
    self.tokens = tokens
    self.sessions = sessions
    self.observer = observer
    self.clock = clock
  }

  /// Exchanges a password for tokens.
  ///
  /// An unknown email, a disabled user and a wrong password get the same answer after the same work.
  ///
  /// - Parameters:
  ///   - address: of the client, for the limit on attempts; an IPv6 address counts by its /64.
  ///   - found: is told whose login it is, if it is anyone's, before the password is looked at; for the
  ///     audit log, and for nothing that the caller of the service can see.
  /// - Throws: the ``Problem`` 401 `login_failed`, 429 `login_limited` or 503 `busy`.
  public func login(
    email: String, password: Secret<String>, address: IPAddress,
    found: (OrganizationID, UserID) -> Void = { _, _ in }
  ) async throws -> TokenPair {
    guard password.reveal().utf8.count <= PasswordPolicy.maximumBytes else {
      throw Problem.loginFailed
    }
    let known = Email(rawValue: email)
    let account = known?.rawValue ?? String(email.lowercased().prefix(254))
    try await limit(account, address)
    let user: LoginAccount? =
      if let known { try await pool.withConnection { try $0.userForLogin(known) } } else { nil }
    if let user { found(user.organization, user.id) }
    let verdict = try await passwords.verify(password, against: user?.hash)
    guard let user, verdict.matches, !user.isDisabled else {
      observer?.accessEvent(.loginFailed(address: address))
      throw Problem.loginFailed
    }
    await limiter.succeeded(account: account, address: address.limitingNetwork)
    var hash = user.hash
    if verdict.isOutdated {
      let fresh = try await passwords.hash(password)
      let isReplaced = try await pool.withConnection {
        try $0.setPasswordHash(user.id, to: fresh, replacing: user.hash)
      }
      if isReplaced {
        hash = fresh
      } else {
        // Another login has written it anew, or the password is another one now.
        guard let email = known,
          let now = try await pool.withConnection({ try $0.userForLogin(email) }),
          !now.isDisabled, try await passwords.verify(password, against: now.hash).matches
        else { throw Problem.loginFailed }
        hash = now.hash
      }
    }
    return try await open(
      for: user.id, of: user.organization, provedBy: hash, address: address)
  }

  /// Counts an attempt to prove a password.
  ///
  /// - Throws: the ``Problem`` 429 `login_limited`.
  func limit(_ account: String, _ address: IPAddress) async throws {
    let verdict = await limiter.attempt(account: account, address: address.limitingNetwork)
    guard case .limited(let seconds) = verdict else { return }
    observer?.accessEvent(.loginLimited(address: address))
    throw Problem.loginLimited(retryAfterSeconds: seconds)
  }

  /// - Parameter hash: that the password was proved against: who changes it meanwhile ends all sessions,
  ///   and this one must not come behind that.
  private func open(
    for user: UserID, of organization: OrganizationID, provedBy hash: String, address: IPAddress
  ) async throws -> TokenPair {
    let id = SessionID.random()
    let refresh = RefreshToken()
    let now = clock.wall()
    let record = try await pool.withConnection { connection in
      try connection.transaction { () -> SessionRecord? in
        let policy = try connection.policy(of: organization)
        let expires = policy.sessionEnd(from: now)
        guard
          try connection.insertSession(
            id, user: user, provedBy: hash, at: now, expires: expires, address: address)
        else { return nil }
        try connection.insertRefreshToken(
          refresh, session: id, at: now, expires: min(policy.refreshEnd(from: now), expires))
        return try connection.session(id)
      }
    }
    guard let record else { throw Problem.loginFailed }
    observer?.accessEvent(.loginSucceeded(user, address: address))
    return try await pair(record, id, refresh)
  }

  func pair(
    _ record: SessionRecord, _ session: SessionID, _ refresh: RefreshToken
  ) async throws -> TokenPair {
    TokenPair(
      accessToken: try await tokens.make(for: record, session: session),
      refreshToken: refresh.text, expiresIn: Int(AccessTokens.lifetimeSeconds), session: session)
  }

  /// Ends the lock of an account whose password an administrator has set.
  public func forgetAttempts(at account: Email) async {
    await limiter.forget(account: account.rawValue)
  }
}

extension IPAddress {
  /// What one client can have many of counts as one: an IPv6 address by its /64.
  public var limitingNetwork: String {
    family == .v4 ? description : IPAddress(v6: (value >> 64) << 64).description + "/64"
  }
}
