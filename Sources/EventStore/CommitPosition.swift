internal import Postgres

/// What a reader has to see to see what a commit stored.
enum CommitPosition {
  /// As the last thing of the commit's transaction, so that it has also seen what the batch repeats; or
  /// behind it.
  ///
  /// - Returns: a text that `PostgresSnapshot` reads; nil where too much goes on for a short one.
  static func read(on connection: isolated PostgresConnection) throws -> String? {
    let row = try connection.query(select) { row in
      (try row.text(0), try row.optionalText(1).flatMap { UInt64($0) })
    }.first
    guard let (text, own) = row, let snapshot = PostgresSnapshot(text) else { return nil }
    guard let own else { return snapshot.description }
    return snapshot.seeing(own)?.description
  }

  private static let select = PostgresStatement(
    "commit.position",
    "select pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text")
}
