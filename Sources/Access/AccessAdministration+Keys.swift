public import Core
internal import Postgres

extension AccessAdministration {
  /// Makes a key.
  ///
  /// - Parameters:
  ///   - expiresAt: nil for the longest life that the organization's policy allows.
  ///   - tier: nil for the policy's, and the highest for a key that only sends events.
  /// - Returns: the key as lists show it, and its text, which cannot be had again.
  /// - Throws: the ``Problem`` 400 `invalid_request`, 403 `tier_not_allowed` or 404 `not_found`.
  public func createKey(
    in organization: OrganizationID, name: String, scopes: ScopeSet, expiresAt: Timestamp? = nil,
    tier: RateTier? = nil
  ) async throws -> (key: APIKey, text: Secret<String>) {
    let name = try label(name, field: "name")
    guard !scopes.isEmpty else {
      throw Problem.invalid("scopes", "empty", "scopes must name at least one scope")
    }
    let now = clock.wall()
    if let expiresAt, expiresAt <= now {
      throw Problem.invalid("expires_at", "past", "expires_at must lie in the future")
    }
    let new = NewAPIKey()
    let key = try await unlessTaken("id", "the key's id is taken, try again") {
      try await pool.withConnection { connection in
        let policy = try connection.policy(of: organization)
        return try connection.insertKey(
          new, organization: organization, name: name, scopes: scopes,
          tier: try policy.tier(asked: tier, scopes: scopes), at: now,
          expires: policy.end(ofKey: expiresAt, from: now))
      }
    }
    return (key, new.text)
  }

  public func keys(of organization: OrganizationID) async throws -> [APIKey] {
    try await pool.withConnection { try $0.keys(of: organization) }
  }

  /// Makes a key with the name, scopes and lifetime of another one, which goes on working for a while
  /// so that its senders can change over one after the other. The new key's life is no longer than the
  /// policy allows.
  ///
  /// - Parameter graceSeconds: how long the old key still works; 0 ends it now.
  /// - Throws: the ``Problem`` 404 `not_found`, or 409 `conflict` where it was revoked or has expired.
  public func rotateKey(
    _ id: APIKeyID, in organization: OrganizationID, graceSeconds: Int = 24 * 3600
  ) async throws -> (key: APIKey, text: Secret<String>) {
    guard (0...365 * 86400).contains(graceSeconds) else {
      throw Problem.invalid("grace_seconds", "out_of_range", "grace_seconds must be 0 to 31536000")
    }
    let new = NewAPIKey()
    let now = clock.wall()
    let end = now.advanced(byMicroseconds: Int64(graceSeconds) * 1_000_000)
    let key = try await pool.withConnection { connection in
      try connection.transaction { () -> APIKey? in
        guard let old = try connection.lockKey(id, of: organization) else { return nil }
        guard old.revokedAt == nil else { throw Problem.taken("id", "the key was revoked") }
        if let expires = old.expiresAt, expires <= now {
          throw Problem.taken("id", "the key has expired: make a new one")
        }
        let asked = old.expiresAt.map {
          now.advanced(byMicroseconds: $0.microseconds - old.createdAt.microseconds)
        }
        let key = try connection.insertKey(
          new, organization: organization, name: old.name, scopes: old.scopes, tier: old.tier,
          at: now, expires: try connection.policy(of: organization).end(ofKey: asked, from: now))
        try connection.expireKey(id, of: organization, at: end)
        return key
      }
    }
    guard let key else { throw Problem.unknown("key") }
    return (key, new.text)
  }

  /// Ends a key for good. It is refused on every node at once (see ``KeyAuthenticator``).
  ///
  /// - Throws: the ``Problem`` 404 `not_found`.
  public func revokeKey(_ id: APIKeyID, in organization: OrganizationID) async throws {
    let now = clock.wall()
    let found = try await pool.withConnection { try $0.revokeKey(id, of: organization, at: now) }
    guard found else { throw Problem.unknown("key") }
  }
}
