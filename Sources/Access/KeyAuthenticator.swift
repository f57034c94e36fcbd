internal import Core

/// Proves API keys. A key that is in use costs one SHA-256 of 43 bytes and a look into memory.
///
/// A change to a key takes effect on every node when PostgreSQL announces it on the channel
/// `harrier_access`, milliseconds after its commit; and within 1 s where the announcement is lost, which
/// is how long anything is held in memory.
public final class KeyAuthenticator: Sendable {
  private let cache: CredentialCache<KeyRecord>
  private let usage: KeyUsage
  private let load: @Sendable (APIKeyID) async throws -> KeyRecord?
  private let clock: AccessClock
  /// What the digest of an unknown key is compared with.
  private let decoy = randomBytes(32)

  init(
    cache: CredentialCache<KeyRecord>, usage: KeyUsage, clock: AccessClock,
    load: @escaping @Sendable (APIKeyID) async throws -> KeyRecord?
  ) {
    self.cache = cache
    self.usage = usage
    self.clock = clock
    self.load = load
  }

  /// Who holds the key.
  ///
  /// - Throws: the ``Problem`` 401 `credentials_invalid` where the key is unknown or its secret wrong,
  ///   `key_revoked` or `key_expired` to him who holds the right secret; `PostgresError` where the
  ///   database could not be asked.
  public func authenticate(_ key: APIKeyCredential) async throws -> Principal {
    let record = try await cache.value(for: key.id.rawValue) { try await load(key.id) }
    let matches = equalInConstantTime(key.digest.reveal(), record?.digest ?? decoy)
    guard let record, matches else { throw Problem.credentialsInvalid }
    let now = clock.wall()
    if record.revoked != nil { throw Problem.keyRevoked }
    if let expires = record.expires, expires <= now { throw Problem.keyExpired }
    usage.record(key.id, at: now)
    return Principal(
      organization: record.organization, subject: .key(key.id), scopes: record.scopes,
      tier: record.tier, expiresAt: record.expires)
  }
}
