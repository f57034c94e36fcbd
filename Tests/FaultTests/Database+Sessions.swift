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
    let deadline = Date(timeIntervalSinceNow: 60)
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await hold(statement, as: name, until: deadline)
        return false
      }
      group.addTask {
        try await waitUntilHeld(by: name, until: deadline)
        return true
      }
      guard try await group.next() == true else {
        throw HarnessError("the locks were lost: \(statement)")
      }
      let outcome: Swift.Result<Result, any Error>
      do {
        outcome = .success(try await body())
      } catch {
        outcome = .failure(error)
      }
      try await endSessions(of: name)
      return try outcome.get()
    }
  }

  /// Returns once its session is ended, or its minute is over.
  ///
  /// The statement may meet the nodes' own locks in another order than theirs; PostgreSQL then ends one of
  /// the two with "deadlock detected". Where it is this one, or there is no room for its session among those
  /// of a node that was just killed, it is begun again.
  private func hold(_ statement: String, as name: String, until deadline: Date) async throws {
    while true {
      do {
        // One string of statements is one transaction.
        _ = try await rows("set application_name = '\(name)'; \(statement); select pg_sleep(60)")
        return
      } catch let error as HarnessError {
        let text = error.description
        if text.contains("terminating connection") { return }
        guard text.contains("deadlock detected") || text.contains("too many clients"),
          Date() < deadline
        else { throw error }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func waitUntilHeld(by name: String, until deadline: Date) async throws {
    let held = """
      select count(*)
      from pg_stat_activity
      where application_name = '\(name)' and wait_event = 'PgSleep'
      """
    while Date() < deadline {
      do {
        if try await number(held) > 0 { return }
      } catch is HarnessError {
        // There may be no room for one more session; if there is none at the end, that is what is thrown.
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    let sessions = try await sessions()
    try await endSessions(of: name)
    throw HarnessError("\(name) did not get its locks in time: \(sessions)")
  }

  /// What each session does, waits for, and is kept from by which others.
  private func sessions() async throws -> String {
    try await rows(
      """
      select pid, application_name, state, wait_event_type, wait_event, pg_blocking_pids(pid),
        now() - xact_start, left(replace(query, chr(10), ' '), 80)
      from pg_stat_activity
      where backend_type = 'client backend' and (state <> 'idle' or xact_start is not null)
      """
    ).map { $0.joined(separator: " ") }.joined(separator: "; ")
  }
}
