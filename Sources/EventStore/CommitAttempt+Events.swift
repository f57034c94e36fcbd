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
    let moved =
      care == .rowByRow
      ? try moveEachRow(of: indices, refused: &outcomes, on: connection)
      : try moveTogether(indices, on: connection)
    return settle(moved, indices, &outcomes)
  }

  /// What tells one row of the group from the others.
  private struct RowKey: Hashable {
    let batch: Int64
    let id: EventID
    let ts: Int64
  }

  /// Inserts all rows that are not stored yet, and returns those it inserted.
  private func moveTogether(
    _ indices: [Int], on connection: isolated PostgresConnection
  ) throws -> [RowKey] {
    _ = try connection.copyBinary(
      name: "events.stage", into: "staged_events", columns: EventRows.columns
    ) { writer in
      for index in indices where batches[index].rows.count > 0 {
        try writer.append(batches[index].rows.encoder)
      }
    }
    return try move(on: connection)
  }

  /// The same row by row, each under a savepoint; what the database refuses goes to quarantine.
  private func moveEachRow(
    of indices: [Int], refused outcomes: inout [Int: BatchOutcome],
    on connection: isolated PostgresConnection
  ) throws -> [RowKey] {
    var moved: [RowKey] = []
    for index in indices {
      let rows = batches[index].rows
      for row in 0..<rows.count {
        do {
          moved += try connection.savepoint {
            _ = try connection.execute(Self.emptyStaging)
            _ = try connection.copyBinary(
              name: "events.stage", into: "staged_events", columns: EventRows.columns
            ) { try $0.append(encoded: rows.tuple(row), rows: 1) }
            return try move(on: connection)
          }
        } catch let error as PostgresError where error.refusesData {
          outcomes[index]?.refuse(row, of: rows, for: error)
        }
      }
    }
    return moved
  }

  private func move(on connection: isolated PostgresConnection) throws -> [RowKey] {
    try connection.query(Self.move) { row in
      let id = try row.uuid(1)
      return RowKey(
        batch: try row.int8(0), id: EventID(high: id.high, low: id.low), ts: try row.timestamptz(2))
    }
  }

  /// Counts as duplicates what was neither inserted nor refused.
  private func settle(
    _ moved: [RowKey], _ indices: [Int], _ outcomes: inout [Int: BatchOutcome]
  ) -> StoredRows {
    var stored = Set(moved)
    var rows: StoredRows = [:]
    for index in indices {
      let batch = batches[index]
      let refused = Set(outcomes[index]?.refused.map(\.index) ?? [])
      for (row, reference) in batch.rows.references.enumerated()
      where !refused.contains(reference.index) {
        let key = RowKey(batch: batch.id, id: reference.id, ts: reference.ts.microseconds)
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
  private static let emptyStaging = PostgresStatement(
    "events.empty_staging", "delete from staged_events")
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

extension BatchOutcome {
  /// Moves a row that was counted as stored to the quarantined ones.
  fileprivate mutating func refuse(_ row: Int, of rows: EventRows, for error: PostgresError) {
    refused.append(
      QuarantinedRecord(
        index: rows.references[row].index, sourceType: nil, code: "database_refused",
        detail: "the database refused the event (SQLSTATE \(error.sqlState ?? "unknown"))",
        raw: rows.raw(row)))
    stored -= 1
    quarantined += 1
  }
}
