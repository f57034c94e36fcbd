public import EventStore
internal import NIOConcurrencyHelpers

/// Gathers batches while others commit, and commits what has gathered as one transaction.
///
/// There is no timer: a writer that is free takes all that waits (within a bound), so a lone batch
/// commits at once and a flood shares its commits.
public final class GroupCommitter: Sendable {
  private struct Waiting {
    let batch: StagedBatch
    /// When it is refused unless a writer has taken it.
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<BatchOutcome, any Error>
  }

  private struct State {
    var waiting: [Waiting] = []
    var idle: [CheckedContinuation<Void, Never>] = []
    var closed = false

    /// Takes batches in their order, up to `groupRows` events or one batch.
    mutating func takeGroup() -> [Waiting] {
      var rows = 0
      var count = 0
      for entry in waiting {
        rows += entry.batch.rows.count
        if count > 0, rows > groupRows { break }
        count += 1
      }
      defer { waiting.removeFirst(count) }
      return Array(waiting.prefix(count))
    }
  }

  /// How many events one transaction holds at most, unless a single batch has more.
  static let groupRows = 5000

  private let writers: [EventWriter]
  private let hold: Duration
  private let patience: Duration
  private let state = NIOLockedValueBox(State())

  /// - Parameters:
  ///   - hold: how long a batch waits for a writer.
  ///   - patience: how long a commit is tried while PostgreSQL is away.
  public init(writers: [EventWriter], hold: Duration, patience: Duration) {
    self.writers = writers
    self.hold = hold
    self.patience = patience
  }

  /// Waits until the batch is committed. Cancelling the caller does not take the batch back.
  ///
  /// - Throws: `IngestError` with `.overloaded` if it could not be committed in time. If no writer had
  ///   taken it by then it never will be stored; otherwise the outcome may be unknown.
  public func commit(_ batch: StagedBatch) async throws -> BatchOutcome {
    try await withCheckedThrowingContinuation { continuation in
      let (wake, closed) = state.withLockedValue { state in
        guard !state.closed else { return (CheckedContinuation<Void, Never>?.none, true) }
        state.waiting.append(
          Waiting(batch: batch, deadline: .now + hold, continuation: continuation))
        return (state.idle.popLast(), false)
      }
      wake?.resume()
      if closed {
        continuation.resume(throwing: IngestError(.overloaded, "the service is stopping"))
      }
    }
  }

  /// Runs the writers until `close()` or cancellation, and then until nothing waits.
  public func run() async {
    await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.expire() }
        await withTaskGroup(of: Void.self) { serving in
          for writer in writers {
            serving.addTask { await self.serve(writer) }
          }
        }
        group.cancelAll()
      }
    } onCancel: {
      close()
    }
  }

  /// Takes no more batches; those that wait are still committed.
  public func close() {
    let idle = state.withLockedValue { state in
      state.closed = true
      defer { state.idle = [] }
      return state.idle
    }
    for continuation in idle { continuation.resume() }
  }

  /// Batches that wait for a writer.
  public var waiting: Int { state.withLockedValue { $0.waiting.count } }

  private func serve(_ writer: EventWriter) async {
    while let group = await nextGroup() {
      let results = await writer.commit(
        group.map(\.batch), until: ContinuousClock.now + patience)
      for (waiting, result) in zip(group, results) {
        waiting.continuation.resume(
          with: result.mapError { error in
            IngestError(
              .overloaded, "the batch could not be committed: send it again", cause: error)
          })
      }
    }
  }

  /// Refuses batches that no writer has taken in time, as long as writers are served.
  private func expire() async {
    while !Task.isCancelled {
      let now = ContinuousClock.now
      let late = state.withLockedValue { state in
        let late = state.waiting.prefix { $0.deadline <= now }
        state.waiting.removeFirst(late.count)
        return Array(late)
      }
      let refusal = IngestError(.overloaded, "the database is busy or away: send the batch again")
      for waiting in late { waiting.continuation.resume(throwing: refusal) }
      do { try await Task.sleep(for: .milliseconds(250)) } catch { return }
    }
  }

  private func nextGroup() async -> [Waiting]? {
    while true {
      let (group, closed) = state.withLockedValue { ($0.takeGroup(), $0.closed) }
      if !group.isEmpty { return group }
      if closed { return nil }
      await withCheckedContinuation { continuation in
        let proceed = state.withLockedValue { state in
          guard state.waiting.isEmpty, !state.closed else { return true }
          state.idle.append(continuation)
          return false
        }
        if proceed { continuation.resume() }
      }
    }
  }
}
