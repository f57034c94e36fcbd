internal import NIOConcurrencyHelpers

/// Credentials as the database has them, held for a second at most, so that a request need not ask it.
///
/// Changes that are announced drop an entry at once; the second bounds what a lost announcement can do.
/// Concurrent misses of one key cost one load.
final class CredentialCache<Value: Sendable>: Sendable {
  private enum Outcome: Sendable {
    case loaded(Value?)
    case failed(any Error)
    /// The loader was cancelled, which is its own affair, or what it found is out of date.
    case retry
  }

  private typealias Entries = CredentialCacheState<Value, CheckedContinuation<Outcome, Never>>

  private let entries: NIOLockedValueBox<Entries>
  private let lifetime: Duration
  private let clock: AccessClock

  init(capacity: Int, lifetime: Duration = .seconds(1), clock: AccessClock) {
    entries = NIOLockedValueBox(Entries(capacity: capacity))
    self.lifetime = lifetime
    self.clock = clock
  }

  var count: Int { entries.withLockedValue { $0.count } }

  /// The value of `key`, from memory or by `load`; nil where there is none, which is remembered too.
  func value(for key: String, load: () async throws -> Value?) async throws -> Value? {
    while true {
      let now = clock.steady()
      switch entries.withLockedValue({ $0.lookUp(key, now: now) }) {
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
      let (waiters, isCurrent) = entries.withLockedValue {
        $0.complete(key, ticket: ticket, value: value, expires: began + lifetime)
      }
      for waiter in waiters { waiter.resume(returning: isCurrent ? .loaded(value) : .retry) }
      return value
    } catch {
      let waiters = entries.withLockedValue { $0.fail(key) }
      let outcome = Task.isCancelled ? Outcome.retry : .failed(error)
      for waiter in waiters { waiter.resume(returning: outcome) }
      throw error
    }
  }

  private func follow(_ key: String) async -> Outcome {
    await withCheckedContinuation { continuation in
      let joined = entries.withLockedValue { $0.join(key, waiter: continuation) }
      if !joined { continuation.resume(returning: .retry) }
    }
  }

  func invalidate(_ key: String) {
    entries.withLockedValue { $0.invalidate(key) }
  }

  func invalidateAll() {
    entries.withLockedValue { $0.invalidateAll() }
  }
}
