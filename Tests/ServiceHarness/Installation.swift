internal import Foundation
internal import Glibc
internal import PrivateServers

/// Harrier with a PostgreSQL and a Redis of its own, each of which can be killed and started again.
///
/// It has one node, or several that share the work; nodes are counted from 0.
public actor Installation {
  /// Where the first node answers.
  public nonisolated var port: Int { ports[0] }
  /// Where each node answers.
  public nonisolated let ports: [Int]
  public nonisolated let database: Database
  let binary: String
  let folder: String
  let postgres: PrivatePostgres
  let redis: PrivateRedis
  let redisSocket: String
  let environment: [String: String]
  var servers: [Int: HarrierServer] = [:]

  private init(
    _ scratch: (binary: String, folder: String), postgres: PrivatePostgres, redis: PrivateRedis,
    conninfo: String, socket: String, options: InstallationOptions
  ) throws {
    (binary, folder) = scratch
    self.postgres = postgres
    self.redis = redis
    redisSocket = socket
    ports = try FreePorts.find(options.nodes)
    database = Database(conninfo: conninfo)
    let settings = [
      "HARRIER_DATABASE_URL": conninfo,
      "HARRIER_REDIS_URL": "unix://\(socket)",
      "HARRIER_HOST": "127.0.0.1",
      "HARRIER_RULES": options.rules,
      "HARRIER_MIGRATIONS": Checkout.migrations,
      // Whatever is logged at any level is searched for secrets at the end.
      "HARRIER_LOG_LEVEL": "trace",
    ]
    environment = settings.merging(options.settings) { $1 }
  }

  /// Runs `body` with an installation whose database is migrated and whose nodes answer; ends and
  /// removes all of it afterwards.
  public static func with<Result: Sendable>(
    _ options: InstallationOptions = InstallationOptions(),
    _ body: @Sendable (Installation) async throws -> Result
  ) async throws -> Result {
    let scratch = (binary: try Checkout.binary(), folder: try Checkout.makeScratchFolder())
    let folder = scratch.folder
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let postgres = try PrivatePostgres(directory: "\(folder)/pg", options: options.postgres)
    let redis = try PrivateRedis(directory: "\(folder)/redis")
    var made: Installation?
    let result: Swift.Result<Result, any Error>
    do {
      let conninfo = try await postgres.start().conninfo
      let installation = try Installation(
        scratch, postgres: postgres, redis: redis, conninfo: conninfo,
        socket: try await redis.start(), options: options)
      made = installation
      try await installation.command(["migrate", "up"])
      for node in 0..<options.nodes { try await installation.startServer(node) }
      result = .success(try await body(installation))
    } catch {
      result = .failure(error)
    }
    for node in 0..<options.nodes { await made?.killServer(node) }
    await redis.kill()
    await postgres.kill()
    if let made { try await LogSearch.check(await made.logs, in: folder) }
    return try result.get()
  }

  /// One request on a connection of its own.
  public nonisolated func ask(
    _ request: HTTPRequest, node: Int = 0, timeoutSeconds: Int = 120
  ) async throws -> HTTPResponse {
    LogSearch.remember(request)
    let port = ports[node]
    return try await onOwnThread {
      try HTTPConnection(port: port, timeoutSeconds: timeoutSeconds).exchange(request)
    }
  }
}
