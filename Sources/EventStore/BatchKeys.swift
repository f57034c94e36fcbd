internal import Core
internal import Postgres

/// `ingest_batch_keys`: the first batch that commits under a sender's key wins.
enum BatchKeys {
  enum Claim {
    /// The same body was stored before, as batch number `original`.
    case replay(original: Int64)
    /// The key stands for another body.
    case conflict
  }

  /// Claims the keys of the batches that have one. What the result does not name is to be stored.
  static func claim(
    _ batches: [StagedBatch], on connection: isolated PostgresConnection
  ) throws -> [Int64: Claim] {
    let keyed = batches.filter { $0.key != nil }
    guard !keyed.isEmpty else { return [:] }
    let won = Set(
      try connection.query(
        insert,
        [
          .int4Array(keyed.map(\.organization.rawValue)),
          .textArray(keyed.map { $0.key?.text }),
          .int8Array(keyed.map(\.id)),
          .byteaArray(keyed.map { $0.key?.digest }),
          .timestamptzArray(keyed.map(\.receivedAt.microseconds)),
        ]
      ) { try $0.int8(0) })
    var claims: [Int64: Claim] = [:]
    for batch in keyed where !won.contains(batch.id) {
      guard let key = batch.key else { continue }
      let owners = try connection.query(
        find, [.int4(batch.organization.rawValue), .text(key.text)]
      ) { (try $0.int8(0), try $0.bytea(1)) }
      guard let (original, digest) = owners.first else {
        throw EventStoreError(.inconsistent, "a batch key that was taken has no owner")
      }
      claims[batch.id] = digest == key.digest ? .replay(original: original) : .conflict
    }
    return claims
  }

  private static let insert = PostgresStatement(
    "batch_keys.claim",
    """
    insert into ingest_batch_keys (organization_id, batch_key, batch_id, body_digest, created_at)
    select *
    from unnest($1::int[], $2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[])
      as claimed (organization_id, batch_key, batch_id, body_digest, created_at)
    order by 1, 2, 3
    on conflict do nothing
    returning batch_id
    """)
  private static let find = PostgresStatement(
    "batch_keys.find",
    """
    select batch_id, body_digest
    from ingest_batch_keys
    where organization_id = $1 and batch_key = $2
    """)
}
