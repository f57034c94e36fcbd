internal import NIOConcurrencyHelpers
internal import Redis

/// One occasion on which invalidations may have been lost.
public struct CatchUpTicket: Sendable, Equatable {
  let connection: UInt64
  let lostInvalidations: UInt64
}

/// Why a node does not use the cache.
public enum CacheBypassReason: String, Sendable {
  case redisIsAway = "redis_is_away"
  case notCaughtUp = "not_caught_up"
}

extension ListCache {
  /// The connection on which cached values may be trusted; nil if there is none.
  var usableConnection: UInt64? {
    guard let connection = redis.connectionGeneration else { return nil }
    let caughtUp = state.withLockedValue { $0.caughtUp }
    return caughtUp?.connection == connection ? connection : nil
  }

  /// Nil while the cache is in use.
  public var bypassReason: CacheBypassReason? {
    if redis.connectionGeneration == nil { return .redisIsAway }
    return usableConnection == nil ? .notCaughtUp : nil
  }

  /// Present while Redis is there and this node has to catch up: repeat every invalidation that may
  /// have been lost, and then hand the ticket to `markCaughtUp(_:)`. Take the ticket first.
  public var pendingCatchUp: CatchUpTicket? {
    guard let connection = redis.connectionGeneration, usableConnection == nil else { return nil }
    return state.withLockedValue {
      CatchUpTicket(connection: connection, lostInvalidations: $0.lostInvalidations)
    }
  }

  /// States that every invalidation of committed changes from before the ticket has reached Redis.
  /// The node uses the cache from here on.
  ///
  /// A server that started anew may have come back with generations from before its end, so the
  /// first node that meets it makes all that is cached there unreachable.
  ///
  /// - Returns: False if something was lost again since the ticket was taken.
  /// - Throws: `.notCaughtUp` if Redis does not answer.
  @discardableResult
  public func markCaughtUp(_ ticket: CatchUpTicket) async throws(ListCacheError) -> Bool {
    do throws(RedisError) {
      let server = try await serverIdentity(onlyOn: ticket.connection)
      _ = try await redis.eval(
        Self.adopt, keys: [.text(Self.serverKey), .text(Self.generationKey(.all))],
        arguments: [.text(server), .integer(Self.freshGeneration())], onlyOn: ticket.connection)
    } catch {
      throw ListCacheError(
        .notCaughtUp, "the cache stays unused on this node", cause: error.description)
    }
    return state.withLockedValue { state in
      guard state.lostInvalidations == ticket.lostInvalidations,
        redis.connectionGeneration == ticket.connection
      else { return false }
      state.caughtUp = ticket
      return true
    }
  }

  /// The same where nothing can have been lost: at the first start, and in tests.
  ///
  /// - Returns: False if there is no connection.
  @discardableResult
  public func markCaughtUp() async throws(ListCacheError) -> Bool {
    guard let ticket = pendingCatchUp else { return usableConnection != nil }
    return try await markCaughtUp(ticket)
  }

  /// The `run_id` of the server's process. One that keeps it to itself counts as new each time.
  private func serverIdentity(onlyOn connection: UInt64) async throws(RedisError) -> String {
    let unknown = "unknown-\(Self.freshGeneration())"
    do throws(RedisError) {
      let reply = try await redis.send(RedisCommand("INFO", "server"), onlyOn: connection)
      let lines = (reply.text ?? "").split(whereSeparator: \.isNewline)
      return lines.first { $0.hasPrefix("run_id:") }.map { String($0.dropFirst(7)) } ?? unknown
    } catch {
      guard error.code == .server else { throw error }
      return unknown
    }
  }

  private static let adopt = RedisScript(
    """
    if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
    redis.call('SET', KEYS[2], ARGV[2])
    redis.call('SET', KEYS[1], ARGV[1])
    return 1
    """)
}
