internal import Core
public import Postgres

/// How identity is set up.
public struct AccessConfiguration: Sendable {
  public var signingKey: SigningKeySource = .database
  public var passwordCost: PasswordCost = .standard
  /// Password derivations at a time on this node.
  public var passwordConcurrency = 2
  /// How many keys, and how many sessions, are held in memory.
  public var cacheCapacity = 20_000
  public var loginLimits = AttemptLimits()
  /// How often the times of last use are written.
  public var usageInterval: Duration = .seconds(60)
  /// For ``SecretBox``, the one that seals first. The keys that are derived from the signing keys open,
  /// too, and seal where there is none.
  public var secretKeys: [Secret<[UInt8]>] = []

  public init() {}
}

/// All of identity, wired together: who makes a request, and who may be let in.
///
/// ``run()`` must run for as long as it is used: it hears of changes that other nodes make.
public final class AccessControl: Sendable {
  public let keys: KeyAuthenticator
  public let auth: AuthService
  public let administration: AccessAdministration
  public let cursors: CursorSigner
  public let secrets: SecretBox
  public let audit: AuditLog
  let invalidation: AccessInvalidation
  let usageWriter: KeyUsageWriter

  /// Loads the signing keys, or makes the first one.
  ///
  /// - Parameters:
  ///   - pool: reaches the tables of `0003_access.sql`.
  ///   - listening: how to open the connection that listens for changes.
  ///   - limiter: nil counts attempts to log in on this node.
  public init(
    pool: PostgresPool, listening: PostgresConfiguration,
    configuration: AccessConfiguration = AccessConfiguration(),
    limiter: (any AttemptLimiter)? = nil, observer: (any AccessObserver)? = nil,
    clock: AccessClock = .system
  ) async throws {
    let signing =
      switch configuration.signingKey {
      case .configured(let secret): SigningKeys(try SigningKey(secret: secret.reveal()))
      case .database: try await pool.withConnection { try $0.signingKeys() }
      }
    let keyCache = CredentialCache<KeyRecord>(
      capacity: configuration.cacheCapacity, clock: clock)
    let sessionCache = CredentialCache<SessionRecord>(
      capacity: configuration.cacheCapacity, clock: clock)
    let usage = KeyUsage()
    let passwords = PasswordHasher(
      cost: configuration.passwordCost, concurrency: configuration.passwordConcurrency)
    keys = KeyAuthenticator(cache: keyCache, usage: usage, clock: clock) { id in
      try await pool.withConnection { try $0.keyForAuthentication(id) }
    }
    auth = AuthService(
      pool: pool, passwords: passwords,
      limiter: limiter ?? MemoryAttemptLimiter(limits: configuration.loginLimits, clock: clock),
      tokens: await AccessTokens(signing, clock: clock), sessions: sessionCache,
      observer: observer, clock: clock)
    administration = AccessAdministration(pool: pool, passwords: passwords, clock: clock)
    cursors = CursorSigner(signing.current)
    let stored = try await pool.withConnection { try $0.storedSigningKeys() }
    let known = Set(signing.all.map(\.id))
    secrets = try SecretBox(
      keys: configuration.secretKeys
        + (signing.all + stored.filter { !known.contains($0.id) }).map {
          $0.derivedSecret(for: "harrier secrets")
        })
    audit = AuditLog(pool: pool, observer: observer)
    invalidation = AccessInvalidation(
      keys: keyCache, sessions: sessionCache, listening: listening, observer: observer)
    usageWriter = KeyUsageWriter(
      usage: usage, pool: pool, interval: configuration.usageInterval, observer: observer)
  }

  /// Who makes a request, by the raw values of its `Authorization` and `X-API-Key` headers.
  ///
  /// - Throws: the ``Problem``s of ``Credential/read(authorization:apiKey:)``,
  ///   ``KeyAuthenticator/authenticate(_:)`` and ``AuthService/authenticate(token:)``.
  public func authenticate(authorization: [String], apiKey: [String]) async throws -> Principal {
    switch try Credential.read(authorization: authorization, apiKey: apiKey) {
    case .key(let key): try await keys.authenticate(key)
    case .token(let token): try await auth.authenticate(token: token)
    }
  }

  /// Hears of changes, writes times of last use and the audit log, until it is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.invalidation.run() }
      group.addTask { await self.usageWriter.run() }
      group.addTask { await self.audit.run() }
    }
  }
}
