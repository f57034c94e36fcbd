internal import Core
internal import Postgres

/// `ingest_batches`: for every batch, received = stored + duplicates + quarantined.
enum Ledger {
  static func record(
    _ entries: [(batch: StagedBatch, outcome: BatchOutcome)], writer: Int32, number: Int64,
    on connection: isolated PostgresConnection
  ) throws {
    guard !entries.isEmpty else { return }
    _ = try connection.copyBinary(name: "ledger.copy", into: "ingest_batches", columns: columns) {
      rows in
      for (batch, outcome) in entries {
        let times = outcome.stored > 0 ? batch.rows.references.map(\.ts) : []
        try rows.row(columns: columns.count) { row in
          row.int8(batch.id)
          row.int4(batch.organization.rawValue)
          row.timestamptz(microseconds: batch.receivedAt.microseconds)
          row.int4(writer)
          row.int8(number)
          row.optional(batch.keyID)
          row.optional(batch.key?.text)
          row.text(batch.source)
          row.int4(Int32(outcome.received))
          row.int4(Int32(outcome.stored))
          row.int4(Int32(outcome.duplicates))
          row.int4(Int32(outcome.quarantined))
          row.optional(times.min())
          row.optional(times.max())
          row.int8(batch.rulesRevision)
        }
      }
    }
  }

  /// The outcomes of those batches that the ledger already holds, by batch number.
  static func outcomes(
    of batches: [StagedBatch], on connection: isolated PostgresConnection
  ) throws -> [Int64: BatchOutcome] {
    let rows = try connection.query(find, [.int8Array(batches.map(\.id))]) { row in
      (
        try row.int8(0),
        BatchOutcome(
          received: Int(try row.int4(1)), stored: Int(try row.int4(2)),
          duplicates: Int(try row.int4(3)),
          quarantined: Int(try row.int4(4)))
      )
    }
    return Dictionary(rows) { first, _ in first }
  }

  private static let columns = [
    "id", "organization_id", "received_at", "writer_id", "writer_seq", "key_id", "batch_key",
    "source",
    "received", "stored", "duplicates", "quarantined", "ts_min", "ts_max",
    "rules_revision",
  ]
  private static let find = PostgresStatement(
    "ledger.find",
    """
    select id, received, stored, duplicates, quarantined
    from ingest_batches
    where id = any($1)
    """)
}
