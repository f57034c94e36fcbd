internal import Core
internal import Postgres

extension PostgresConnection {
  /// No policy holds a key of the tier `unlimited` (5), which only the command line gives.
  private static let keyForAuthentication = PostgresStatement(
    "api_keys.for_authentication",
    """
    select k.organization_id, k.secret_sha256, k.scopes, k.expires_at, k.revoked_at,
      case when k.tier = 5 then k.tier
        else least(k.tier, coalesce(p.maximum_tier, 4::smallint)) end
    from api_keys k
    left join organization_policies p on p.organization_id = k.organization_id
    where k.id = $1
    """)

  private static let insertKey = PostgresStatement(
    "api_keys.insert",
    """
    insert into api_keys (
      id, organization_id, name, secret_sha256, scopes, created_at, expires_at, tier)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    returning id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    """)

  private static let keys = PostgresStatement(
    "api_keys.list",
    """
    select id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    from api_keys
    where organization_id = $1
    order by created_at, id
    """)

  private static let keyPage = PostgresStatement(
    "api_keys.page",
    """
    select id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    from api_keys
    where organization_id = $1
      and id > $2
    order by id
    limit $3
    """)

  private static let updateKey = PostgresStatement(
    "api_keys.update",
    """
    update api_keys
    set name = coalesce($3, name), tier = coalesce($4, tier)
    where organization_id = $1
      and id = $2
    returning id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    """)

  private static let key = PostgresStatement(
    "api_keys.by_id",
    """
    select id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    from api_keys
    where organization_id = $1
      and id = $2
    """)

  private static let keyToChange = PostgresStatement(
    "api_keys.lock",
    """
    select id, organization_id, name, scopes, created_at, expires_at, revoked_at, last_used_at, tier
    from api_keys
    where organization_id = $1
      and id = $2
    for update
    """)

  private static let revokeKey = PostgresStatement(
    "api_keys.revoke",
    """
    update api_keys
    set revoked_at = coalesce(revoked_at, $3)
    where organization_id = $1
      and id = $2
    """)

  private static let expireKey = PostgresStatement(
    "api_keys.expire",
    """
    update api_keys
    set expires_at = least(expires_at, $3)
    where organization_id = $1
      and id = $2
    """)

  private static let recordUse = PostgresStatement(
    "api_keys.record_use",
    """
    update api_keys k
    set last_used_at = used.at
    from unnest($1::text[], $2::timestamptz[]) as used (id, at)
    where k.id = used.id
      and (k.last_used_at is null or k.last_used_at < used.at)
    """)

  func keyForAuthentication(_ id: APIKeyID) throws -> KeyRecord? {
    try query(Self.keyForAuthentication, [.text(id.rawValue)]) { row in
      KeyRecord(
        organization: OrganizationID(try row.int4(0)), digest: try row.bytea(1),
        scopes: try readScopes(row.textArray(2)), tier: try readTier(row.int2(5)),
        expires: try row.optionalTimestamptz(3).map(Timestamp.init(microseconds:)),
        revoked: try row.optionalTimestamptz(4).map(Timestamp.init(microseconds:)))
    }.first
  }

  func insertKey(
    _ key: NewAPIKey, organization: OrganizationID, name: String, scopes: ScopeSet,
    tier: RateTier, at time: Timestamp, expires: Timestamp?
  ) throws -> APIKey {
    try only(
      query(
        Self.insertKey,
        [
          .text(key.id.rawValue), .int4(organization.rawValue), .text(name), .bytea(key.digest),
          .textArray(scopes.names), .timestamptz(microseconds: time.microseconds),
          .optionalTimestamptz(microseconds: expires?.microseconds), .int2(tier.rawValue),
        ], row: readKey))
  }

  func keys(of organization: OrganizationID) throws -> [APIKey] {
    try query(Self.keys, [.int4(organization.rawValue)], row: readKey)
  }

  /// One page in the order of ids.
  func keys(of organization: OrganizationID, after last: APIKeyID?, limit: Int) throws -> [APIKey] {
    try query(
      Self.keyPage,
      [.int4(organization.rawValue), .text(last?.rawValue ?? ""), .int8(Int64(limit))],
      row: readKey)
  }

  /// Nil where the organization has no such key.
  func updateKey(
    _ id: APIKeyID, of organization: OrganizationID, name: String?, tier: RateTier?
  ) throws -> APIKey? {
    try query(
      Self.updateKey,
      [
        .int4(organization.rawValue), .text(id.rawValue), .optionalText(name),
        .optionalInt2(tier?.rawValue),
      ], row: readKey
    ).first
  }

  func key(_ id: APIKeyID, of organization: OrganizationID) throws -> APIKey? {
    try query(Self.key, [.int4(organization.rawValue), .text(id.rawValue)], row: readKey).first
  }

  /// Locks the key's row until the end of the transaction.
  func lockKey(_ id: APIKeyID, of organization: OrganizationID) throws -> APIKey? {
    try query(Self.keyToChange, [.int4(organization.rawValue), .text(id.rawValue)], row: readKey)
      .first
  }

  /// False where the organization has no such key.
  func revokeKey(_ id: APIKeyID, of organization: OrganizationID, at time: Timestamp) throws -> Bool
  {
    try execute(Self.revokeKey, arguments(id, organization, time)) > 0
  }

  func expireKey(_ id: APIKeyID, of organization: OrganizationID, at time: Timestamp) throws {
    _ = try execute(Self.expireKey, arguments(id, organization, time))
  }

  func recordUse(_ used: [APIKeyID: Timestamp]) throws {
    let ordered = used.sorted { $0.key.rawValue < $1.key.rawValue }
    _ = try execute(
      Self.recordUse,
      [
        .textArray(ordered.map(\.key.rawValue)),
        .timestamptzArray(ordered.map(\.value.microseconds)),
      ])
  }
}

private func arguments(
  _ id: APIKeyID, _ organization: OrganizationID, _ time: Timestamp
) -> [PostgresValue] {
  [
    .int4(organization.rawValue), .text(id.rawValue), .timestamptz(microseconds: time.microseconds),
  ]
}

private func readKey(_ row: PostgresRow) throws -> APIKey {
  guard let id = APIKeyID(rawValue: try row.text(0)) else {
    throw AccessError(.corruptRow, "api_keys.id has not the form of a key's id")
  }
  return APIKey(
    id: id, organization: OrganizationID(try row.int4(1)), name: try row.text(2),
    scopes: try readScopes(row.textArray(3)),
    createdAt: Timestamp(microseconds: try row.timestamptz(4)),
    expiresAt: try row.optionalTimestamptz(5).map(Timestamp.init(microseconds:)),
    revokedAt: try row.optionalTimestamptz(6).map(Timestamp.init(microseconds:)),
    lastUsedAt: try row.optionalTimestamptz(7).map(Timestamp.init(microseconds:)),
    tier: try readTier(row.int2(8)))
}

func readTier(_ number: Int16) throws -> RateTier {
  guard let tier = RateTier(rawValue: number) else {
    throw AccessError(.corruptRow, "api_keys.tier is not a tier that this version knows")
  }
  return tier
}

/// A scope of a later version is left out: a key may always do less than it says, never more.
private func readScopes(_ names: [String?]) -> ScopeSet {
  ScopeSet(names.compactMap { $0.flatMap(Scope.init(rawValue:)) })
}
