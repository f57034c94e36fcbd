internal import NIOConcurrencyHelpers

/// Invalidates what changes all the time, such as a month of events under ingestion: each pattern at
/// most once an interval, so that what was cached in between is of use. The first change after a quiet
/// time counts at once; a list is never older than the interval.
///
/// What is noted lives in memory. A node that ended without `run()` ending first lost it: invalidate
/// the widest of these patterns at the start.
public final class PacedInvalidator: Sendable {
  /// Beyond so many different patterns at once everything is invalidated instead.
  public static let maxPatterns = 4096

  private let invalidate: @Sendable ([CachePattern]) async throws(ListCacheError) -> Void
  private let interval: Duration
  private let noted = NIOLockedValueBox<Set<CachePattern>>([])
  private let flushedAt = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  public convenience init(cache: ListCache, interval: Duration = .seconds(1)) {
    self.init(interval: interval) { (patterns) throws(ListCacheError) in
      try await cache.invalidate(patterns)
    }
  }

  /// - Parameter invalidate: what is noted stays noted where it throws.
  public init(
    interval: Duration = .seconds(1),
    invalidate: @escaping @Sendable ([CachePattern]) async throws(ListCacheError) -> Void
  ) {
    self.invalidate = invalidate
    self.interval = interval
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Notes a committed change. Never waits.
  public func note(_ pattern: CachePattern) {
    let isFirst = noted.withLockedValue { noted in
      if noted.count >= Self.maxPatterns, !noted.contains(pattern) { noted = [.all] }
      return noted.insert(noted.contains(.all) ? .all : pattern).inserted
    }
    if isFirst { wake.yield() }
  }

  /// Notes committed changes, and after a quiet time waits until they are told: who wrote once and then
  /// reads sees what he wrote.
  public func changed(_ patterns: [CachePattern]) async {
    let now = ContinuousClock.now
    let isQuiet = flushedAt.withLockedValue { flushed in
      let isQuiet = flushed.map { $0 + interval <= now } ?? true
      if isQuiet { flushed = now }
      return isQuiet
    }
    for pattern in patterns { note(pattern) }
    if isQuiet { await flushOrKeep() }
  }

  /// Patterns that wait for their invalidation.
  public var pending: Int { noted.withLockedValue { $0.count } }

  /// Invalidates all that was noted, now. Part of catching up (`ListCache.markCaughtUp`).
  ///
  /// - Throws: `.notInvalidated`; what was noted stays noted then.
  public func flush() async throws(ListCacheError) {
    flushedAt.withLockedValue { $0 = .now }
    let patterns = noted.withLockedValue { noted in
      defer { noted = [] }
      return noted
    }
    do throws(ListCacheError) {
      if !patterns.isEmpty { try await invalidate(Array(patterns)) }
    } catch {
      for pattern in patterns { note(pattern) }
      throw error
    }
  }

  /// Invalidates until the task is cancelled, and what is left after that.
  public func run() async {
    for await _ in wakes {
      while pending > 0, !Task.isCancelled {
        await flushOrKeep()
        do {
          try await Task.sleep(for: interval)
        } catch {
          // Cancelled: what is left goes out below.
          break
        }
      }
    }
    await flushOrKeep()
  }

  /// A failure is not lost: the node bypasses the cache, and the patterns stay noted.
  private func flushOrKeep() async {
    do throws(ListCacheError) {
      try await flush()
    } catch {
      precondition(error.code == .notInvalidated)
    }
  }
}
