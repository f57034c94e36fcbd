internal import NIOConcurrencyHelpers
internal import Redis

extension ListCache {
  /// The generations of all prefixes as one text; nil if Redis cannot tell.
  func generations(of prefixes: [CachePattern], onlyOn connection: UInt64) async -> String? {
    let keys = prefixes.map { RedisArgument.text(Self.generationKey($0)) }
    let read = RedisCommand("MGET", arguments: keys)
    do throws(RedisError) {
      var values = Self.texts(try await redis.send(read, onlyOn: connection), count: keys.count)
      if values?.contains(nil) == true {
        // A generation that was never set or was lost begins at random: what was cached under the
        // lost one cannot come back.
        let missing = zip(keys, values ?? []).filter { $0.1 == nil }.map { key, _ in
          RedisCommand(
            "SET", key, .integer(Self.freshGeneration()), "PX", .integer(Self.generationLifetime),
            "NX")
        }
        let replies = try await redis.send(missing + [read], onlyOn: connection)
        values = replies.last.flatMap { Self.texts($0, count: keys.count) }
      }
      guard let values else { return nil }
      let known = values.compactMap(\.self)
      return known.count == keys.count ? known.joined(separator: ".") : nil
    } catch {
      return nil
    }
  }

  private static func texts(_ reply: RedisValue, count: Int) -> [String?]? {
    guard let values = reply.array, values.count == count else { return nil }
    return values.map(\.text)
  }

  /// Makes every cached value under a prefix unreachable. Call it after the commit. Cancellation does
  /// not end it.
  ///
  /// When it returns, no read that starts afterwards, on any node, gives anything older than that
  /// commit.
  ///
  /// - Throws: `.notInvalidated` if Redis did not confirm it. Then it has to be repeated, and this
  ///   node bypasses the cache until `markCaughtUp`.
  public func invalidate(_ patterns: [CachePattern]) async throws(ListCacheError) {
    guard !patterns.isEmpty else { return }
    let keys = Set(patterns).map { RedisArgument.text(Self.generationKey($0)) }
    let starts = keys.map { _ in RedisArgument.integer(Self.freshGeneration()) }
    // In a task of its own: a commit has to be told even where the one who made it was cancelled. It
    // ends within the client's time limit.
    let outcome: Result<RedisValue, RedisError> = await Task { [redis] in
      do throws(RedisError) {
        return .success(
          try await redis.eval(
            Self.increment, keys: keys, arguments: [.integer(Self.generationLifetime)] + starts))
      } catch {
        return .failure(error)
      }
    }.value
    guard case .failure(let error) = outcome else { return }
    state.withLockedValue { state in
      state.lostInvalidations += 1
      state.caughtUp = nil
    }
    throw ListCacheError(
      .notInvalidated, "the invalidation has to be repeated", cause: error.description)
  }

  public func invalidate(_ pattern: CachePattern) async throws(ListCacheError) {
    try await invalidate([pattern])
  }

  /// Adds one to each generation; one that was absent begins at random instead of at 1.
  private static let increment = RedisScript(
    """
    for index, key in ipairs(KEYS) do
      if redis.call('INCR', key) == 1 then redis.call('SET', key, ARGV[index + 1]) end
      redis.call('PEXPIRE', key, ARGV[1])
    end
    """)
}
