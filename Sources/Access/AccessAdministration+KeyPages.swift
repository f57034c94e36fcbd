public import Core
internal import Postgres

extension AccessAdministration {
  /// Makes a key that may do no more than the one who makes it.
  ///
  /// - Parameter days: how long it lives; nil for the longest that the organization's policy allows.
  /// - Throws: what ``createKey(in:name:scopes:expiresAt:tier:)`` throws, and the ``Problem`` 403
  ///   `beyond_own_scopes`.
  public func createKey(
    name: String, scopes: ScopeSet, days: Int?, tier: RateTier?, by principal: Principal
  ) async throws -> (key: APIKey, text: Secret<String>) {
    try principal.requireAuthority(over: scopes)
    guard tier != .unlimited else { throw Problem.tierNotAllowed(.highest) }
    let end = days.map {
      clock.wall().advanced(byMicroseconds: Int64($0) * Timestamp.microsecondsPerDay)
    }
    return try await createKey(
      in: principal.organization, name: name, scopes: scopes, expiresAt: end, tier: tier)
  }

  /// One page in the order of ids.
  ///
  /// - Parameter last: the last one of the page before; nil for the first page.
  public func keys(
    of organization: OrganizationID, after last: APIKeyID?, limit: Int
  ) async throws -> [APIKey] {
    try await pool.withConnection { try $0.keys(of: organization, after: last, limit: limit) }
  }

  /// Nil where the organization has no such key.
  public func key(_ id: APIKeyID, of organization: OrganizationID) async throws -> APIKey? {
    try await pool.withConnection { try $0.key(id, of: organization) }
  }

  /// Changes a key's name or tier; nil leaves it as it is.
  ///
  /// - Throws: the ``Problem`` 400 `invalid_request`, 403 `tier_not_allowed` or 404 `not_found`.
  public func changeKey(
    _ id: APIKeyID, in organization: OrganizationID, name: String?, tier: RateTier?
  ) async throws -> APIKey {
    let name = try name.map { try label($0, field: "name") }
    let key = try await pool.withConnection { connection in
      if let tier {
        let policy = try connection.policy(of: organization)
        guard tier <= policy.maximumTier else { throw Problem.tierNotAllowed(policy.maximumTier) }
      }
      return try connection.updateKey(id, of: organization, name: name, tier: tier)
    }
    guard let key else { throw Problem.unknown("key") }
    return key
  }

  /// Makes a key that takes the place of another one, which goes on working for a while. The new secret
  /// may do no more than the one who asks for it.
  ///
  /// - Throws: what ``rotateKey(_:in:graceSeconds:)`` throws, and the ``Problem`` 403 `beyond_own_scopes`.
  public func rotateKey(
    _ id: APIKeyID, overlapSeconds: Int, by principal: Principal
  ) async throws -> (key: APIKey, text: Secret<String>) {
    guard let old = try await key(id, of: principal.organization) else {
      throw Problem.unknown("key")
    }
    try principal.requireAuthority(over: old.scopes)
    return try await rotateKey(id, in: principal.organization, graceSeconds: overlapSeconds)
  }
}
