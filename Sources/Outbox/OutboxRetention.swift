public import Core
public import Postgres

/// Removes messages that are kept for long enough, a few at a time.
public struct OutboxRetention: Sendable {
  private let pool: PostgresPool
  private let days: Int64

  private static let batch: Int32 = 5_000

  public init(pool: PostgresPool, days: Int) {
    self.pool = pool
    self.days = Int64(days)
  }

  /// Removes what is older than `days` before `now`; returns how many.
  public func trim(now: Timestamp) async throws -> Int {
    let before = now.advanced(byMicroseconds: -days * Timestamp.microsecondsPerDay)
    var removed = 0
    while true {
      let count = try await pool.withConnection { connection in
        try OutboxStore.trim(before: before, limit: Self.batch, on: connection)
      }
      removed += count
      guard count == Int(Self.batch) else { return removed }
    }
  }
}
