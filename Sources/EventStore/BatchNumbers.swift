internal import NIOConcurrencyHelpers
public import Postgres

/// Numbers for the ledger, taken from PostgreSQL in blocks so that a batch does not cost a query.
public final class BatchNumbers: Sendable {
  /// The increment of the sequence `ingest_batch_ids`.
  static let blockSize: Int64 = 1024

  private let pool: PostgresPool
  private let block = NIOLockedValueBox<Range<Int64>>(0..<0)

  public init(pool: PostgresPool) {
    self.pool = pool
  }

  public func next() async throws -> Int64 {
    if let number = takeOne() { return number }
    let start = try await pool.withConnection { connection in
      try connection.query(Self.takeBlock) { try $0.int8(0) }.first
    }
    guard let start else {
      throw EventStoreError(.inconsistent, "the batch number sequence gave nothing")
    }
    // Two tasks may fetch a block at once: numbers may be skipped, never given twice.
    return block.withLockedValue { block in
      if block.isEmpty { block = (start + 1)..<(start + Self.blockSize) }
      return start
    }
  }

  private func takeOne() -> Int64? {
    block.withLockedValue { block in
      guard !block.isEmpty else { return nil }
      defer { block = (block.lowerBound + 1)..<block.upperBound }
      return block.lowerBound
    }
  }

  private static let takeBlock = PostgresStatement(
    "batches.take_numbers", "select nextval('ingest_batch_ids')")
}
