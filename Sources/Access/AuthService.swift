public import Core
internal import Postgres

/// Logins of people: password to tokens, their renewal and their end.
public final class AuthService: Sendable {
  /// How long a login lasts when it is renewed all the time, and how long without renewal.
  static let sessionLifetime: Int64 = 30 * Timestamp.microsecondsPerDay
  static let refreshLifetime: Int64 = 14 * Timestamp.microsecondsPerDay

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
  /// - Parameter address: of the client, for the limit on attempts; an IPv6 address counts by its /64.
  /// - Throws: the ``Problem`` 401 `login_failed`, 429 `login_limited` or 503 `busy`.
  public func login(
    email: String, password: Secret<String>, address: IPAddress
  ) async throws -> TokenPair {
    guard password.reveal().utf8.count <= PasswordPolicy.maximumBytes else {
      throw Problem.loginFailed
    }
    let known = Email(rawValue: email)
    let account = known?.rawValue ?? String(email.lowercased().prefix(254))
    let network = address.limitingNetwork
    if case .limited(let seconds) = await limiter.attempt(account: account, address: network) {
      observer?.accessEvent(.loginLimited(address: address))
      throw Problem.loginLimited(retryAfterSeconds: seconds)
    }
    let user: (id: UserID, hash: String)?
    if let known {
      user = try await pool.withConnection { try $0.userForLogin(known) }
    } else {
      user = nil
    }
    let verdict = try await passwords.verify(password, against: user?.hash)
    guard let user, verdict.matches else {
      observer?.accessEvent(.loginFailed(address: address))
      throw Problem.loginFailed
    }
    await limiter.succeeded(account: account, address: network)
    if verdict.isOutdated {
      let hash = try await passwords.hash(password)
      try await pool.withConnection {
        try $0.setPasswordHash(user.id, to: hash, replacing: user.hash)
      }
    }
    return try await open(for: user.id, address: address)
  }

  private func open(for user: UserID, address: IPAddress) async throws -> TokenPair {
    let id = SessionID.random()
    let refresh = RefreshToken()
    let now = clock.wall()
    let record = try await pool.withConnection { connection in
      try connection.transaction { () -> SessionRecord? in
        let expires = now.advanced(byMicroseconds: Self.sessionLifetime)
        guard try connection.insertSession(id, user: user, at: now, expires: expires) else {
          return nil
        }
        try connection.insertRefreshToken(
          refresh, session: id, at: now,
          expires: now.advanced(byMicroseconds: Self.refreshLifetime))
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
      refreshToken: refresh.text, expiresIn: Int(AccessTokens.lifetimeSeconds))
  }
}

extension IPAddress {
  /// What one client can have many of counts as one: an IPv6 address by its /64.
  public var limitingNetwork: String {
    family == .v4 ? description : IPAddress(v6: (value >> 64) << 64).description + "/64"
  }
}
