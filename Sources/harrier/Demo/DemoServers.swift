import PrivateServers

/// The demo's own PostgreSQL and Redis, children of this process.
final class DemoServers {
  private let postgres: PrivatePostgres
  private let redis: PrivateRedis
  private(set) var databaseURL = ""
  private(set) var redisURL = ""

  init(files: DemoFiles) throws {
    postgres = try PrivatePostgres(directory: files.postgres)
    redis = try PrivateRedis(directory: files.redis)
  }

  func start(_ terminal: Terminal) async throws {
    databaseURL = try await timed("PostgreSQL (private)", terminal) {
      try await postgres.start().url
    }
    redisURL =
      "unix://" + (try await timed("Redis (private)", terminal) { try await redis.start() })
  }

  /// Stops both; what does not stop in time is killed with this process.
  func stop() async {
    do { try await redis.stop() } catch { Terminal().say("  Redis: \(error)") }
    do { try await postgres.stop() } catch { Terminal().say("  PostgreSQL: \(error)") }
  }

  private func timed<R>(
    _ what: String, _ terminal: Terminal, _ body: () async throws -> R
  ) async throws -> R {
    let start = ContinuousClock.now
    let result = try await body()
    let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    terminal.say("  \(terminal.styled("✓", .green)) \(what)  \(Int(milliseconds)) ms")
    return result
  }
}
