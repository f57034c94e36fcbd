internal import Core
internal import NIOConcurrencyHelpers
internal import NIOCore
public import Redis

/// Cached answers that are never older than the last invalidation.
///
/// Every prefix (`CachePattern`) has a generation in Redis. A read takes the generations of all
/// prefixes above its scope **before** it loads, and they are part of the value's key; a change adds
/// one to a generation **after** its commit. So a slow reader can only store what it loaded under
/// generations that nobody asks for any more, and an invalidation costs one increment however many
/// values it reaches.
///
/// That holds if the loader sees all commits before its start: one that reads from a replica has to
/// make sure of that by itself.
///
/// What was read lately is also held in this process. It is used under the generations that Redis tells
/// for each read (``GenerationChecks`` asks once for many), so it is never older than what Redis holds.
///
/// Redis may vanish at any time: then reads go to the loader. Since an invalidation may have been lost
/// meanwhile, a node that lost its connection does not use the cache until it was declared caught up
/// (`markCaughtUp`), nor does one that has just started.
public final class ListCache: Sendable {
  /// Bodies above this size in bytes are not stored.
  public static let maxBodySize = 4 << 20
  /// Names with statistics of their own; further ones are counted as `other`.
  static let maxNames = 256
  /// Generations that nobody has changed for so long begin anew at random.
  static let generationLifetime: Int64 = 7 * 86_400_000

  struct State {
    var statistics: [String: CacheStatistics] = [:]
    /// Counts the invalidations of this node that failed.
    var lostInvalidations: UInt64 = 0
    var caughtUp: CatchUpTicket?
  }

  let redis: RedisClient
  let state = NIOLockedValueBox(State())
  private let flights = SingleFlight<LocalEntry>(maxFlights: 10_000)
  private let checks = GenerationChecks()
  private let local: LocalEntries

  /// - Parameter localCapacity: bytes of bodies that are held in this process.
  public init(redis: RedisClient, localCapacity: Int = 64 << 20) {
    self.redis = redis
    local = LocalEntries(capacity: localCapacity)
  }

  /// The answer to a query, from the cache or from `load`.
  ///
  /// - Parameters:
  ///   - query: the query in its canonical form, with the role class of who asks: whatever else
  ///     decides the answer. At most a few kilobytes.
  ///   - isFresh: whether a value of this snapshot (``LoadedBody/snapshot``) may be given; one that may
  ///     not is loaded anew.
  ///   - load: gives the body. It runs in this task, or not at all where another read is already
  ///     loading the same.
  /// - Throws: what `load` throws, and `CancellationError`.
  public func read(
    _ scope: CacheScope, query: String, lifetime: CacheLifetime = .list,
    isFresh: (String?) -> Bool = { _ in true }, load: () async throws -> LoadedBody
  ) async throws -> CachedBody {
    guard let connection = usableConnection,
      let generations = await checks.answer(
        scope.prefixKey, { await self.generations(of: scope.prefixes, onlyOn: connection) })
    else { return try await bypass(scope, load) }
    let localKey = Self.localKey(scope, query: query)
    let now = Timestamp.now
    if let entry = local.entry(localKey, generations: generations, now: now.microseconds),
      isFresh(entry.snapshot)
    {
      count(scope) {
        $0.hits += 1
        $0.localHits += 1
      }
      return entry.cached(now, .hit)
    }
    let key = Self.key(scope, query: query, generations: generations)
    let stored: CacheEntry?
    do throws(RedisError) {
      let value = try await redis.send(RedisCommand("GET", .text(key)), onlyOn: connection)
      stored = value.bytes.flatMap { CacheEntry($0) }
    } catch {
      // Fail open: the reason shows in the client's own state.
      return try await bypass(scope, load)
    }
    if let stored, stored.query == query, isFresh(stored.snapshot) {
      count(scope) { $0.hits += 1 }
      let entry = LocalEntry(stored, generations, lifetime)
      local.store(entry, localKey)
      return entry.cached(now, .hit)
    }
    while true {
      let (entry, led) = try await flights.run(key) {
        let body = try await load()
        let stored = CacheEntry(
          storedAt: .now, etag: body.etag ?? Self.etag(body.bytes), query: query,
          snapshot: body.snapshot, body: body.bytes)
        await store(stored, key, scope, lifetime, onlyOn: connection)
        let entry = LocalEntry(stored, generations, lifetime)
        local.store(entry, localKey)
        return entry
      }
      // What another read began to load before this one came may be too old for it.
      guard led || isFresh(entry.snapshot) else { continue }
      count(scope) {
        $0.misses += 1
        if !led { $0.collapsed += 1 }
      }
      return entry.cached(.now, .miss)
    }
  }

  /// The same for a loader that gives only the body.
  public func read(
    _ scope: CacheScope, query: String, lifetime: CacheLifetime = .list,
    load: () async throws -> [UInt8]
  ) async throws -> CachedBody {
    try await read(scope, query: query, lifetime: lifetime) { LoadedBody(bytes: try await load()) }
  }

  /// What this process holds of the cache.
  public var localUsage: (entries: Int, bytes: Int, capacity: Int) {
    let usage = local.usage
    return (usage.entries, usage.bytes, local.capacity)
  }

  /// By list; names that were never read are not in it.
  public var statistics: [String: CacheStatistics] { state.withLockedValue { $0.statistics } }

  private func bypass(
    _ scope: CacheScope, _ load: () async throws -> LoadedBody
  ) async throws -> CachedBody {
    let body = try await load()
    count(scope) { $0.bypasses += 1 }
    return CachedBody.uncached(body)
  }

  private func store(
    _ entry: CacheEntry, _ key: String, _ scope: CacheScope, _ lifetime: CacheLifetime,
    onlyOn connection: UInt64
  ) async {
    guard entry.body.count <= Self.maxBodySize else {
      count(scope) { $0.oversized += 1 }
      return
    }
    var random = SystemRandomNumberGenerator()
    do throws(RedisError) {
      try await redis.send(
        RedisCommand(
          "SET", .text(key), .bytes(entry.encoded), "PX",
          .integer(lifetime.jittered(using: &random))),
        onlyOn: connection)
    } catch {
      count(scope) { $0.storeFailures += 1 }
    }
  }

  func count(_ scope: CacheScope, _ change: (inout CacheStatistics) -> Void) {
    state.withLockedValue { state in
      let isKnown =
        state.statistics.count < Self.maxNames || state.statistics[scope.list] != nil
      change(&state.statistics[isKnown ? scope.list : "other", default: CacheStatistics()])
    }
  }
}
