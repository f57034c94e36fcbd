internal import Core
internal import Postgres

extension PostgresConnection {
  /// One number for all nodes: only one of them may make the first key.
  private static let lock = PostgresStatement(
    "signing_keys.lock",
    """
    select pg_advisory_xact_lock(hashtextextended('harrier signing_keys', 0)) is null
    """)

  private static let signingKeys = PostgresStatement(
    "signing_keys.in_force",
    """
    select secret
    from signing_keys
    where retired_at is null
    order by created_at desc, id
    """)

  private static let insertSigningKey = PostgresStatement(
    "signing_keys.insert",
    """
    insert into signing_keys (id, secret)
    values ($1, $2)
    """)

  private static let storedSigningKeys = PostgresStatement(
    "signing_keys.stored",
    """
    select secret
    from signing_keys
    order by created_at desc, id
    """)

  /// All that are there, those that sign no more included: what they sealed must still open.
  func storedSigningKeys() throws -> [SigningKey] {
    try query(Self.storedSigningKeys) { try SigningKey(secret: $0.bytea(0)) }
  }

  /// The keys in force, newest first; makes one where there is none.
  func signingKeys() throws -> SigningKeys {
    try transaction {
      _ = try query(Self.lock) { try $0.bool(0) }
      let keys = try query(Self.signingKeys) { try SigningKey(secret: $0.bytea(0)) }
      if let keys = SigningKeys(keys) { return keys }
      let key = try SigningKey(secret: randomBytes(SigningKey.minimumLength))
      _ = try execute(Self.insertSigningKey, [.text(key.id), .bytea(key.secret.reveal())])
      return SigningKeys(key)
    }
  }
}
