internal import NIOConcurrencyHelpers

/// Credentials as the database has them, held for a short time so that a request need not ask it.
///
/// An entry lives for `listening` while changes are announced to us, and for `deaf` (at most a second)
/// while they are not. Concurrent misses of one key cost one load.
final class CredentialCache<Value: Sendable>: Sendable {
  struct Lifetimes: Sendable {
    var listening: Duration = .seconds(5)
    var deaf: Duration = .seconds(1)
  }

  private enum Outcome: Sendable {
    case loaded(Value?)
    case failed(any Error)
    /// The loader was cancelled, which is its own affair, or what it found is out of date.
    case retry
  }

  private typealias Entries = CredentialCacheState<Value, CheckedContinuation<Outcome, Never>>

  private struct State: Sendable {
    var entries: Entries
    var isListening = false
  }

  private let state: NIOLockedValueBox<State>
  private let lifetimes: Lifetimes
  private let clock: AccessClock

  init(capacity: Int, lifetimes: Lifetimes = Lifetimes(), clock: AccessClock) {
    state = NIOLockedValueBox(State(entries: Entries(capacity: capacity)))
    self.lifetimes = lifetimes
    self.clock = clock
  }

  var count: Int { state.withLockedValue { $0.entries.count } }

  /// The value of `key`, from memory or by `load`; nil where there is none, which is remembered too.
  func value(for key: String, load: () async throws -> Value?) async throws -> Value? {
    while true {
      let now = clock.steady()
      switch state.withLockedValue({ $0.entries.lookUp(key, now: now) }) {
      case .hit(let value): return value
      case .load(let ticket): return try await lead(key, ticket, load)
      case .busy: break
      }
      switch await follow(key) {
      case .loaded(let value): return value
      case .failed(let error): throw error
      case .retry: try Task.checkCancellation()
      }
    }
  }

  private func lead(
    _ key: String, _ ticket: Entries.Ticket, _ load: () async throws -> Value?
  ) async throws -> Value? {
    // An entry's life begins before its load: its value may be as old as that.
    let began = clock.steady()
    do {
      let value = try await load()
      let (waiters, isCurrent) = state.withLockedValue { state in
        let life = state.isListening ? lifetimes.listening : lifetimes.deaf
        return state.entries.complete(key, ticket: ticket, value: value, expires: began + life)
      }
      for waiter in waiters { waiter.resume(returning: isCurrent ? .loaded(value) : .retry) }
      return value
    } catch {
      let waiters = state.withLockedValue { $0.entries.fail(key) }
      let outcome = Task.isCancelled ? Outcome.retry : .failed(error)
      for waiter in waiters { waiter.resume(returning: outcome) }
      throw error
    }
  }

  private func follow(_ key: String) async -> Outcome {
    await withCheckedContinuation { continuation in
      let joined = state.withLockedValue { $0.entries.join(key, waiter: continuation) }
      if !joined { continuation.resume(returning: .retry) }
    }
  }

  func invalidate(_ key: String) {
    state.withLockedValue { $0.entries.invalidate(key) }
  }

  func invalidateAll() {
    state.withLockedValue { $0.entries.invalidateAll() }
  }

  /// Says whether changes are announced. What is held is forgotten either way: announcements may have
  /// been missed.
  func setListening(_ isListening: Bool) {
    state.withLockedValue { state in
      state.isListening = isListening
      state.entries.invalidateAll()
    }
  }
}
