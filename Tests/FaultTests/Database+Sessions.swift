internal import Foundation
internal import ServiceHarness

extension Database {
  /// Ends all sessions of an application.
  ///
  /// - Returns: how many there were.
  @discardableResult
  func endSessions(of application: String) async throws -> Int {
    try await number(
      """
      select count(pg_terminate_backend(pid))
      from pg_stat_activity
      where application_name = '\(application)'
      """)
  }

  /// Shards that a node has and whose leases have not expired.
  func leases(ofNode node: Int) async throws -> Int {
    try await number(
      """
      select count(*)
      from correlation_leases
      where owner like '\(Installation.name(ofNode: node))-%' and expires_at > now()
      """)
  }

  /// Runs `body` while another session holds the locks that a statement takes.
  func whileHolding<Result: Sendable>(
    _ statement: String, _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    let name = "harrier-obstacle"
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // One string of statements is one transaction. It sleeps until its session is ended, and
        // psql then says so: that is no error here.
        do {
          _ = try await rows("set application_name = '\(name)'; \(statement); select pg_sleep(60)")
        } catch is HarnessError {
          return
        }
      }
      while try await number(
        "select count(*) from pg_stat_activity where application_name = '\(name)' "
          + "and wait_event = 'PgSleep'") == 0
      {
        try await Task.sleep(for: .milliseconds(10))
      }
      let result = try await body()
      try await endSessions(of: name)
      return result
    }
  }
}
