internal import Core
internal import Postgres

/// `quarantine`: records that could not be stored as events, with their original bytes.
enum Quarantine {
  /// Stores the batches' own quarantined records and those that the database refused.
  static func store(
    _ batches: [(batch: StagedBatch, refused: [QuarantinedRecord])],
    on connection: isolated PostgresConnection
  ) throws {
    guard batches.contains(where: { !$0.batch.quarantined.isEmpty || !$0.refused.isEmpty }) else {
      return
    }
    _ = try connection.copyBinary(name: "quarantine.copy", into: "quarantine", columns: columns) {
      rows in
      for (batch, refused) in batches {
        for record in batch.quarantined + refused {
          try rows.row(columns: columns.count) { row in
            row.int4(batch.organization.rawValue)
            row.int8(batch.id)
            row.int4(Int32(record.index))
            row.timestamptz(microseconds: batch.receivedAt.microseconds)
            row.optional(record.sourceType.map(Self.storable))
            row.text(record.code)
            row.text(Self.storable(record.detail))
            row.bytea(record.raw)
          }
        }
      }
    }
  }

  /// Names that a sender gave may hold NUL, which PostgreSQL's text can't, and be of any length.
  private static func storable(_ text: String) -> String {
    String(text.prefix(1000).map { $0 == "\0" ? "\u{FFFD}" : $0 })
  }

  private static let columns = [
    "organization_id", "batch_id", "item_index", "received_at", "source_type", "code", "detail",
    "raw",
  ]
}
