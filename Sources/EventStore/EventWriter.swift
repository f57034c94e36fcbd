internal import Core
public import Postgres

/// One committing connection, with its number in `event_writers`.
///
/// Detections are read by (writer, number of the commit), and the numbers are contiguous because
/// each is taken inside the commit's own transaction: a commit that rolls back gives its number to
/// the next, so a reader that keeps a cursor per writer never skips a committed batch.
public actor EventWriter {
  private let configuration: PostgresConfiguration
  private let node: String
  private let observer: (any PostgresObserver)?
  private var session: WriterSession?

  /// - Parameter node: a name of this process, for people who look into `event_writers`.
  public init(
    configuration: PostgresConfiguration, node: String, observer: (any PostgresObserver)? = nil
  ) {
    self.configuration = configuration
    self.node = node
    self.observer = observer
  }

  /// What became of one batch.
  public typealias Result = Swift.Result<BatchOutcome, EventStoreError>

  /// Commits the batches and says what became of each, in their order: in one transaction unless
  /// PostgreSQL refuses a row of them, and then each batch in its own.
  ///
  /// A lost connection is opened again until `deadline`; the ledger then tells whether the lost
  /// commit had happened. Ids are fixed in the batches, so a second try stores nothing twice.
  ///
  /// A batch fails with `.unavailable` when PostgreSQL could not commit by then, or another transaction
  /// holds what it needs for longer than the session's `lock_timeout`, and with `.refused`
  /// when it refuses the batch even without the rows that it refuses.
  public func commit(
    _ batches: [StagedBatch], until deadline: ContinuousClock.Instant
  ) async -> [Result] {
    await commit(batches, until: deadline, mayHaveCommitted: false)
  }

  private func commit(
    _ batches: [StagedBatch], until deadline: ContinuousClock.Instant, mayHaveCommitted: Bool
  ) async -> [Result] {
    var care = CommitCare.optimistic
    var mayHaveCommitted = mayHaveCommitted
    var backOff = BackOff(deadline: deadline)
    var blocked: PostgresError?
    while true {
      do {
        let session = try await openSession()
        if let cause = blocked {
          let ended = try await session.connection.run { try WriterSession.endSilent(on: $0) }
          let reason = "another transaction has the same events or their key under way"
          guard ended > 0 else {
            return [.failure(EventStoreError(.unavailable, reason, cause: cause))]
          }
          blocked = nil
        }
        let attempt = CommitAttempt(
          batches: batches, writer: session.writer, number: session.head + 1, care: care,
          mayHaveCommitted: mayHaveCommitted)
        let result = try await session.connection.run { try attempt.run(on: $0) }
        if result.tookNumber { self.session?.head += 1 }
        return result.outcomes.map { .success($0) }
      } catch let error as PostgresError where error.isUniqueViolation && care == .optimistic {
        care = .deduplicating
      } catch let error as PostgresError where error.isLockTimeout {
        if batches.count > 1 { return await commitEach(batches, deadline, mayHaveCommitted) }
        blocked = error
      } catch let error as PostgresError where error.refusesData && care != .rowByRow {
        if batches.count > 1 { return await commitEach(batches, deadline, mayHaveCommitted) }
        care = .rowByRow
      } catch let error as PostgresError where error.refusesData {
        return [.failure(EventStoreError(.refused, "the database refuses the batch", cause: error))]
      } catch {
        session = nil
        mayHaveCommitted = true
        guard await backOff.wait() else {
          let failure = EventStoreError(
            .unavailable, "the database could not commit in time", cause: error)
          return batches.map { _ in .failure(failure) }
        }
      }
    }
  }

  private func commitEach(
    _ batches: [StagedBatch], _ deadline: ContinuousClock.Instant, _ mayHaveCommitted: Bool
  ) async -> [Result] {
    var results: [Result] = []
    for batch in batches {
      results += await commit([batch], until: deadline, mayHaveCommitted: mayHaveCommitted)
    }
    return results
  }

  private func openSession() async throws -> WriterSession {
    if let session { return session }
    let connection = try await PostgresConnection.connect(configuration, observer: observer)
    let node = self.node
    let claim = try await connection.run { try WriterSession.claim(node: node, on: $0) }
    let opened = WriterSession(connection: connection, writer: claim.writer, head: claim.head)
    session = opened
    return opened
  }
}

/// Waits longer from try to try, until a deadline.
private struct BackOff {
  let deadline: ContinuousClock.Instant
  var pause = Duration.milliseconds(20)

  /// False once the deadline is too near for another try, or the task was cancelled.
  mutating func wait() async -> Bool {
    guard ContinuousClock.now + pause < deadline else { return false }
    do { try await Task.sleep(for: pause) } catch { return false }
    pause = min(pause * 2, .milliseconds(500))
    return true
  }
}

extension PostgresConnection {
  /// Runs statements without another task's between them.
  func run<R: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> R
  ) throws -> R {
    try body(self)
  }
}

extension PostgresError {
  /// Whether a lock was not to be had within `lock_timeout`.
  var isLockTimeout: Bool { sqlState == "55P03" }

  /// Whether the server refused the data itself (SQLSTATE classes 22, 23 and 54, such as a value too
  /// long for an index), so that trying the same rows again can't succeed.
  var refusesData: Bool {
    guard let sqlState else { return false }
    return ["22", "23", "54"].contains(String(sqlState.prefix(2)))
  }
}
