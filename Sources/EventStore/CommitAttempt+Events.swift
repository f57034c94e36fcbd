internal import Core
internal import Postgres

extension CommitAttempt {
  /// The rows that were stored, by batch number; nil where all of them were.
  typealias StoredRows = [Int64: Set<Int>]

  /// Stores the events of the batches at `indices` and corrects their outcomes.
  func storeEvents(
    _ indices: [Int], into outcomes: inout [Int: BatchOutcome],
    on connection: isolated PostgresConnection
  ) throws -> StoredRows? {
    guard indices.contains(where: { batches[$0].rows.count > 0 }) else { return nil }
    if care == .optimistic {
      _ = try connection.copyBinary(name: "events.copy", into: "events", columns: EventRows.columns)
      {
        writer in
        for index in indices where batches[index].rows.count > 0 {
          try writer.append(batches[index].rows.encoder)
        }
      }
      return nil
    }
    _ = try connection.execute(Self.makeStaging)
    try stage(indices, refused: &outcomes, on: connection)
    return try moveStaged(indices, into: &outcomes, on: connection)
  }

  private func stage(
    _ indices: [Int], refused outcomes: inout [Int: BatchOutcome],
    on connection: isolated PostgresConnection
  ) throws {
    guard care == .rowByRow else {
      _ = try connection.copyBinary(
        name: "events.stage", into: "staged_events", columns: EventRows.columns
      ) { writer in
        for index in indices where batches[index].rows.count > 0 {
          try writer.append(batches[index].rows.encoder)
        }
      }
      return
    }
    for index in indices {
      for row in 0..<batches[index].rows.count {
        guard let error = try refusal(of: row, in: batches[index], on: connection) else { continue }
        let record = QuarantinedRecord(
          index: batches[index].rows.references[row].index, sourceType: nil,
          code: "database_refused",
          detail: "the database refused the event (SQLSTATE \(error.sqlState ?? "unknown"))",
          raw: batches[index].rows.raw(row))
        outcomes[index]?.refused.append(record)
        outcomes[index]?.stored -= 1
        outcomes[index]?.quarantined += 1
      }
    }
  }

  /// Tries one row of a batch in `events` itself, under a savepoint.
  private func refusal(
    of row: Int, in batch: StagedBatch, on connection: isolated PostgresConnection
  ) throws -> PostgresError? {
    do {
      try connection.savepoint {
        _ = try connection.copyBinary(
          name: "events.stage", into: "staged_events", columns: EventRows.columns
        ) { try $0.append(encoded: batch.rows.tuple(row), rows: 1) }
      }
      return nil
    } catch let error as PostgresError where error.refusesData {
      return error
    }
  }

  /// Inserts the staged rows that are not stored yet, and counts the others as duplicates.
  private func moveStaged(
    _ indices: [Int], into outcomes: inout [Int: BatchOutcome],
    on connection: isolated PostgresConnection
  ) throws -> StoredRows {
    struct Key: Hashable {
      let batch: Int64
      let id: EventID
      let ts: Int64
    }
    let moved = try connection.query(Self.move) { row in
      let id = try row.uuid(1)
      return Key(
        batch: try row.int8(0), id: EventID(high: id.high, low: id.low), ts: try row.timestamptz(2))
    }
    var stored = Set(moved)
    var rows: StoredRows = [:]
    for index in indices {
      let batch = batches[index]
      let refused = Set(outcomes[index]?.refused.map(\.index) ?? [])
      for (row, reference) in batch.rows.references.enumerated()
      where !refused.contains(reference.index) {
        let key = Key(batch: batch.id, id: reference.id, ts: reference.ts.microseconds)
        // A second record of the same id in one batch finds its key taken: it is the duplicate.
        if stored.remove(key) != nil {
          rows[batch.id, default: []].insert(row)
        } else {
          outcomes[index]?.stored -= 1
          outcomes[index]?.duplicates += 1
          outcomes[index]?.duplicateIndexes.append(reference.index)
        }
      }
    }
    return rows
  }

  private static let makeStaging = PostgresStatement(
    "events.make_staging",
    "create temporary table if not exists staged_events (like events) on commit delete rows")
  private static let move = PostgresStatement(
    "events.move",
    """
    insert into events
    select *
    from staged_events
    on conflict do nothing
    returning batch_id, id, ts
    """)
}
