internal import Core
internal import Postgres

/// How a commit treats rows that PostgreSQL may refuse.
enum CommitCare {
  /// COPY straight into `events`: nobody pays for deduplication who does not resend.
  case optimistic
  /// COPY into a temporary table, then insert what is not stored yet.
  case deduplicating
  /// Like `deduplicating`, with a savepoint for each row: what is refused goes to quarantine.
  case rowByRow
}

/// One try to commit a group of batches, as one transaction.
struct CommitAttempt: Sendable {
  let batches: [StagedBatch]
  let writer: Int32
  /// The number of this commit.
  let number: Int64
  let care: CommitCare
  /// Whether an earlier try lost its connection, so that the ledger must be asked first.
  let mayHaveCommitted: Bool

  struct Result: Sendable {
    var outcomes: [BatchOutcome]
    /// Whether the writer's head moved.
    var tookNumber: Bool
  }

  func run(on connection: isolated PostgresConnection) throws -> Result {
    var recorded = mayHaveCommitted ? try Ledger.outcomes(of: batches, on: connection) : [:]
    if !recorded.isEmpty {
      let position = try CommitPosition.read(on: connection)
      for id in recorded.keys { recorded[id]?.position = position }
    }
    let open = batches.indices.filter { recorded[batches[$0].id] == nil }
    guard !open.isEmpty else {
      return Result(outcomes: batches.compactMap { recorded[$0.id] }, tookNumber: false)
    }
    let committed = try connection.transaction { try commit(open, on: connection) }
    return Result(
      outcomes: batches.indices.compactMap { committed[$0] ?? recorded[batches[$0].id] },
      tookNumber: committed.values.contains { $0.currentRules == nil })
  }

  private func commit(
    _ all: [Int], on connection: isolated PostgresConnection
  ) throws -> [Int: BatchOutcome] {
    let revisions = try RulesFence.take(
      Set(all.map { batches[$0].organization }), on: connection)
    var outcomes: [Int: BatchOutcome] = [:]
    var open: [Int] = []
    for index in all {
      let revision = revisions[batches[index].organization] ?? 0
      if batches[index].rulesRevision == revision {
        open.append(index)
      } else {
        outcomes[index] = .outdated(batches[index].received, currentRules: revision)
      }
    }
    guard !open.isEmpty else { return outcomes }
    try takeNumber(on: connection)
    let keys = try BatchKeys.claim(open.map { batches[$0] }, on: connection)
    var fresh: [Int] = []
    for index in open {
      let batch = batches[index]
      switch keys[batch.id] {
      case nil:
        outcomes[index] = BatchOutcome(
          received: batch.received, stored: batch.rows.count, duplicates: 0,
          quarantined: batch.quarantined.count)
        fresh.append(index)
      case .replay(let original):
        outcomes[index] = BatchOutcome(
          received: batch.received, stored: 0, duplicates: batch.received, quarantined: 0)
        outcomes[index]?.replayOf = original
      case .conflict:
        outcomes[index] = BatchOutcome(
          received: batch.received, stored: 0, duplicates: 0, quarantined: 0)
        outcomes[index]?.keyConflict = true
      }
    }
    let stored = try storeEvents(fresh, into: &outcomes, on: connection)
    let detections = try storeDetections(fresh, stored: stored, on: connection)
    try Quarantine.store(fresh.map { (batches[$0], outcomes[$0]?.refused ?? []) }, on: connection)
    try Ledger.record(
      open.compactMap { index in
        outcomes[index].flatMap { $0.keyConflict ? nil : (batches[index], $0) }
      }, writer: writer, number: number, on: connection)
    try countEvents(fresh, stored: stored, on: connection)
    if detections > 0 {
      _ = try connection.execute(Self.notify, [.text(String(writer))])
    }
    let position = try CommitPosition.read(on: connection)
    for index in open { outcomes[index]?.position = position }
    return outcomes
  }

  /// Moves the writer's head; without it nothing of the transaction may commit.
  private func takeNumber(on connection: isolated PostgresConnection) throws {
    let moved = try connection.execute(Self.advance, [.int4(writer), .int8(number)])
    guard moved == 1 else {
      throw EventStoreError(.writerLost, "another connection has committed as writer \(writer)")
    }
  }

  private static let advance = PostgresStatement(
    "writers.advance",
    """
    update event_writers
    set head = $2, last_commit_at = now()
    where id = $1 and head = $2 - 1
    """)
  private static let notify = PostgresStatement(
    "detections.notify", "select pg_notify('harrier_detections', $1)")
}
