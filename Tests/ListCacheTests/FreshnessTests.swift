import Core
import ListCache
import NIOConcurrencyHelpers
import Redis
import TestServers
import Testing

/// The promise of the cache under everything at once: no read that starts after an invalidation has
/// returned gives a state from before its commit.
@Suite struct FreshnessTests {
  /// The database: per list a version that only grows, invalidations that wait to be repeated, and
  /// how far each list's invalidations have been confirmed.
  private struct Database {
    var committed = [Int](repeating: 0, count: FreshnessTests.patterns.count)
    var confirmed = [Int](repeating: 0, count: FreshnessTests.patterns.count)
    var outbox: [Int: Int] = [:]
  }

  private static let patterns: [CachePattern] = [
    "incidents:org:1:*", "events:org:1:2026-10:*", "events:org:1:2026-11:*",
  ]
  private static let scopes = patterns.enumerated().map { index, pattern in
    CacheScope(list: "list-\(index)", organization: OrganizationID(1), within: [pattern])
  }

  private typealias Node = (redis: RedisClient, cache: ListCache)

  @Test func noReadIsOlderThanTheLastInvalidation() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("property freshness: seed \(seed)")
    let server = try await DisposableRedis()
    var nodes: [Node] = []
    for _ in 0..<3 { nodes.append(try await server.caughtUpNode()) }
    let database = NIOLockedValueBox(Database())
    let stop = NIOLockedValueBox(false)
    let reads = NIOLockedValueBox([CacheOutcome: Int]())

    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, node) in nodes.enumerated() {
        let running = { @Sendable in !stop.withLockedValue { $0 } }
        group.addTask {
          var random = SplitMix(state: seed &+ UInt64(number))
          while running() {
            try await Self.write(node.cache, database, .random(in: 0..<3, using: &random))
            try await Task.sleep(for: .microseconds(.random(in: 0...3000, using: &random)))
          }
        }
        group.addTask { try await Self.catchUp(node.cache, database, while: running) }
        for reader in 0..<4 {
          group.addTask {
            var random = SplitMix(state: seed &+ UInt64(100 * number + reader))
            while running() {
              let list = Int.random(in: 0..<3, using: &random)
              let outcome = try await Self.read(node.cache, database, list, &random)
              reads.withLockedValue { $0[outcome, default: 0] += 1 }
            }
          }
        }
      }
      try await Self.disturb(server, nodes.map(\.redis), seed)
      stop.withLockedValue { $0 = true }
      try await group.waitForAll()
    }
    let outcomes = reads.withLockedValue { $0 }
    print("property freshness: \(outcomes)")
    for outcome in [CacheOutcome.hit, .miss, .bypass] { #expect(outcomes[outcome] ?? 0 > 0) }
  }

  private static func read(
    _ cache: ListCache, _ database: NIOLockedValueBox<Database>, _ list: Int,
    _ random: inout SplitMix
  ) async throws -> CacheOutcome {
    let pauses = (0..<2).map { _ in Int.random(in: 0...2000, using: &random) }
    let floor = database.withLockedValue { $0.confirmed[list] }
    let body = try await cache.read(scopes[list], query: "q") {
      try await Task.sleep(for: .microseconds(pauses[0]))
      let version = database.withLockedValue { $0.committed[list] }
      try await Task.sleep(for: .microseconds(pauses[1]))
      return Array("\(version)".utf8)
    }
    let version = try #require(Int(text(body)))
    #expect(version >= floor, "a read that started at version \(floor) gave \(version)")
    return body.outcome
  }

  /// Commits, and invalidates once; what fails stays in the outbox.
  private static func write(
    _ cache: ListCache, _ database: NIOLockedValueBox<Database>, _ list: Int
  ) async throws {
    let version = database.withLockedValue { database in
      database.committed[list] += 1
      database.outbox[list] = database.committed[list]
      return database.committed[list]
    }
    try await invalidate(cache, database, list, version)
  }

  private static func invalidate(
    _ cache: ListCache, _ database: NIOLockedValueBox<Database>, _ list: Int, _ version: Int
  ) async throws {
    do throws(ListCacheError) {
      try await cache.invalidate(patterns[list])
    } catch {
      #expect(error.code == .notInvalidated)
      return
    }
    database.withLockedValue { database in
      database.confirmed[list] = max(database.confirmed[list], version)
      if let open = database.outbox[list], open <= version { database.outbox[list] = nil }
    }
  }

  /// What a node's outbox worker does: repeats the invalidations, then says so.
  private static func catchUp(
    _ cache: ListCache, _ database: NIOLockedValueBox<Database>, while running: () -> Bool
  ) async throws {
    while running() {
      if let ticket = cache.pendingCatchUp {
        for (list, version) in database.withLockedValue({ $0.outbox }) {
          try await invalidate(cache, database, list, version)
        }
        do throws(ListCacheError) {
          try await cache.markCaughtUp(ticket)
        } catch {
          #expect(error.code == .notCaughtUp)
        }
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private static func disturb(
    _ server: DisposableRedis, _ clients: [RedisClient], _ seed: UInt64
  ) async throws {
    var random = SplitMix(state: ~seed)
    for _ in 0..<40 {
      try await Task.sleep(for: .milliseconds(.random(in: 5...80, using: &random)))
      do throws(RedisError) {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: try await clients[0].send(RedisCommand("FLUSHALL"))
        case 2: try await clients[0].send(RedisCommand("SAVE"))
        case 3:
          try await clients[0].send(
            RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"))
        default:
          await server.kill()
          await pause()
          try await restart(server)
        }
      } catch {
        // The server may be away for this node; the next disturbance finds it back.
      }
    }
  }

  private static func pause() async {
    do { try await Task.sleep(for: .milliseconds(10)) } catch { Issue.record(error) }
  }

  private static func restart(_ server: DisposableRedis) async throws(RedisError) {
    do { try await server.start() } catch { Issue.record(error) }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}
