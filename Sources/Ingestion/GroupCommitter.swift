public import EventStore
internal import NIOConcurrencyHelpers

/// Gathers batches while others commit, and commits what has gathered as one transaction.
///
/// There is no timer to tune: a writer that is free takes all that waits (within a bound), so a lone
/// batch commits at once and a flood shares its commits. While one writer commits, another begins only
/// on a group that is worth a transaction of its own; if the first is stuck, it soon takes any.
public final class GroupCommitter: Sendable {
  private struct Waiting {
    let batch: StagedBatch
    /// When it is refused unless a writer has taken it.
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<BatchOutcome, any Error>
  }

  private struct State {
    var waiting: [Waiting] = []
    /// Events of all that wait.
    var rows = 0
    /// Writers that commit.
    var busy = 0
    /// Whether a batch has waited so long that any free writer is to take it.
    var isUrgent = false
    var idle: [CheckedContinuation<Void, Never>] = []
    var closed = false

    /// Whether a free writer is to begin.
    var isDue: Bool {
      guard !waiting.isEmpty else { return false }
      return busy == 0 || rows >= worthwhileRows || isUrgent || closed
    }

    /// Takes batches in their order, up to `groupRows` events or one batch.
    mutating func takeGroup() -> [Waiting] {
      var rows = 0
      var count = 0
      for entry in waiting {
        rows += entry.batch.rows.count
        if count > 0, rows > groupRows { break }
        count += 1
      }
      let group = Array(waiting.prefix(count))
      remove(count)
      isUrgent = false
      busy += 1
      return group
    }

    mutating func remove(_ count: Int) {
      rows -= waiting.prefix(count).reduce(0) { $0 + $1.batch.rows.count }
      waiting.removeFirst(count)
    }
  }

  /// How many events one transaction holds at most, unless a single batch has more.
  static let groupRows = 5000
  /// How many events are worth a second transaction beside one that runs: below it, what every
  /// transaction costs is felt.
  static let worthwhileRows = 1000

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
        state.rows += batch.rows.count
        return (state.isDue ? state.idle.popLast() : nil, false)
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
      state.withLockedValue { $0.busy -= 1 }
      for (waiting, result) in zip(group, results) {
        waiting.continuation.resume(
          with: result.mapError { error in
            IngestError(
              .overloaded, "the batch could not be committed: send it again", cause: error)
          })
      }
    }
  }

  /// Refuses batches that no writer has taken in time, as long as writers are served, and has those
  /// that have waited for a while taken by any.
  private func expire() async {
    while !Task.isCancelled {
      let now = ContinuousClock.now
      let urgent = now + hold - Self.pause
      let (late, wake) = state.withLockedValue { state in
        let late = Array(state.waiting.prefix { $0.deadline <= now })
        state.remove(late.count)
        state.isUrgent = state.waiting.first.map { $0.deadline <= urgent } ?? false
        return (late, state.isDue ? state.idle.popLast() : nil)
      }
      wake?.resume()
      let refusal = IngestError(.overloaded, "the database is busy or away: send the batch again")
      for waiting in late { waiting.continuation.resume(throwing: refusal) }
      do { try await Task.sleep(for: Self.pause) } catch { return }
    }
  }

  /// How often those that wait are looked at.
  private static let pause = Duration.milliseconds(100)

  private func nextGroup() async -> [Waiting]? {
    while true {
      let (group, closed) = state.withLockedValue { state in
        (state.isDue ? state.takeGroup() : [], state.closed)
      }
      if !group.isEmpty { return group }
      if closed { return nil }
      await withCheckedContinuation { continuation in
        let proceed = state.withLockedValue { state in
          guard !state.isDue, !state.closed else { return true }
          state.idle.append(continuation)
          return false
        }
        if proceed { continuation.resume() }
      }
    }
  }
}
