public import Core
internal import NIOConcurrencyHelpers
internal import Postgres

/// Writes the audit log: entries that come in while one group commits are the next group.
///
/// A place is taken before the deed, so that nothing is done that could not be written down for want of
/// room. While the database is away entries wait, and are written once it is back; those who wait for
/// them are told so after a while. ``run()`` must run for as long as it is used.
public final class AuditLog: Sendable {
  /// Room for one entry. It must be ended by ``record(_:in:)`` or ``giveUp(_:)``.
  public struct Place: Sendable {
    fileprivate let isAnonymous: Bool
  }

  /// An entry, and its number among all of this node's, which makes it one row however often it is
  /// written.
  struct Numbered: Sendable {
    let entry: AuditEntry
    let number: Int64
    /// Whether its place was taken by somebody who was not known yet.
    var isAnonymous = false
  }

  private struct Waiter {
    let continuation: CheckedContinuation<Bool, Never>
    let deadline: ContinuousClock.Instant
  }

  private struct State {
    /// Places that are taken, those of entries that wait to be written included.
    var taken = 0
    /// Of these, those whose doer was not known when they were taken.
    var anonymous = 0
    var queue: [Numbered] = []
    var waiters: [Int64: Waiter] = [:]
    var isRunning = false
  }

  /// Entries of one round trip.
  private static let groupSize = 100
  /// Between two tries to reach the database, and between two looks at who has waited too long.
  private static let pause = Duration.milliseconds(200)

  private let pool: PostgresPool
  private let capacity: Int
  private let patience: Duration
  private let observer: (any AccessObserver)?
  private let state = NIOLockedValueBox(State())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - capacity: entries in memory at most.
  ///   - patience: how long an answer waits for its entry.
  init(
    pool: PostgresPool, capacity: Int = 4096, patience: Duration = .seconds(5),
    observer: (any AccessObserver)? = nil
  ) {
    self.pool = pool
    self.capacity = capacity
    self.patience = patience
    self.observer = observer
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Entries that wait to be written.
  public var depth: Int { state.withLockedValue { $0.queue.count } }

  /// Makes sure that what is done next can be written down.
  ///
  /// - Parameter isAnonymous: whether it is not known yet who does it; such have a quarter of the places,
  ///   so that strangers cannot keep out those who are known.
  /// - Throws: the ``Problem`` 503 `audit_unavailable` where there is no room.
  public func reserve(isAnonymous: Bool = false) throws(Problem) -> Place {
    let hasRoom = state.withLockedValue { state in
      guard state.isRunning, state.taken < capacity,
        !isAnonymous || state.anonymous < max(1, capacity / 4)
      else { return false }
      state.taken += 1
      if isAnonymous { state.anonymous += 1 }
      return true
    }
    guard hasRoom else { throw .auditUnavailable }
    return Place(isAnonymous: isAnonymous)
  }

  /// Gives up a place for which there is nothing to write.
  public func giveUp(_ place: Place) {
    state.withLockedValue { state in
      state.taken -= 1
      if place.isAnonymous { state.anonymous -= 1 }
    }
  }

  /// Writes an entry down and returns once it is committed.
  ///
  /// - Throws: the ``Problem`` 503 `audit_unavailable` where that took too long: the entry is still
  ///   written once the database is back.
  public func record(_ entry: AuditEntry, in place: Place) async throws(Problem) {
    let number = Int64.random(in: 1...Int64.max)
    let deadline = ContinuousClock.now + patience
    let isWritten = await withCheckedContinuation { continuation in
      let isRunning = state.withLockedValue { state in
        state.queue.append(Numbered(entry: entry, number: number, isAnonymous: place.isAnonymous))
        guard state.isRunning else { return false }
        state.waiters[number] = Waiter(continuation: continuation, deadline: deadline)
        return true
      }
      signal.yield()
      if !isRunning { continuation.resume(returning: false) }
    }
    guard isWritten else { throw .auditUnavailable }
  }

  /// Writes entries until it is cancelled.
  public func run() async {
    state.withLockedValue { $0.isRunning = true }
    await withDiscardingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          do { try await Task.sleep(for: Self.pause) } catch { break }
          self.release { $0.deadline < .now }
        }
      }
      for await _ in signals { await write() }
    }
    state.withLockedValue { $0.isRunning = false }
    release { _ in true }
  }

  /// Writes all that waits, however long that takes.
  private func write() async {
    while case let group = state.withLockedValue({ Array($0.queue.prefix(Self.groupSize)) }),
      !group.isEmpty, !Task.isCancelled
    {
      do {
        try await pool.withConnection { try $0.insertAudit(group) }
        finish(group)
      } catch {
        observer?.accessEvent(.auditNotWritten(error))
        do { try await Task.sleep(for: Self.pause) } catch { return }
      }
    }
  }

  private func finish(_ group: [Numbered]) {
    let waiters = state.withLockedValue { state in
      state.queue.removeFirst(group.count)
      state.taken -= group.count
      state.anonymous -= group.count(where: \.isAnonymous)
      return group.compactMap { state.waiters.removeValue(forKey: $0.number) }
    }
    for waiter in waiters { waiter.continuation.resume(returning: true) }
  }

  /// Tells those who wait, and whom `condition` finds, that they waited in vain.
  private func release(_ condition: (Waiter) -> Bool) {
    let waiters = state.withLockedValue { state in
      let found = state.waiters.filter { condition($0.value) }
      for number in found.keys { state.waiters[number] = nil }
      return found.values
    }
    for waiter in waiters { waiter.continuation.resume(returning: false) }
  }
}

extension Problem {
  static var auditUnavailable: Problem {
    Problem(
      slug: "audit_unavailable", title: "The audit log can't be written now", status: 503,
      detail:
        "what changes something must be written down; look whether it was done before you try "
        + "again", retryAfterSeconds: 2)
  }
}
