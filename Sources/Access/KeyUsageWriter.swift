internal import Core
internal import Postgres

/// Writes times of last use now and then, all in one statement.
struct KeyUsageWriter: Sendable {
  let usage: KeyUsage
  let pool: PostgresPool
  let interval: Duration
  let observer: (any AccessObserver)?

  /// Until it is cancelled. What came in since the last writing is lost then: it is at most a minute,
  /// and says nothing that the next use doesn't say again.
  func run() async {
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: interval)
      } catch {
        return
      }
      await write()
    }
  }

  func write() async {
    let used = usage.take()
    guard !used.isEmpty else { return }
    do {
      try await pool.withConnection { try $0.recordUse(used) }
    } catch {
      usage.restore(used)
      observer?.accessEvent(.keyUsageNotWritten(error))
    }
  }
}
