internal import Foundation
internal import Glibc
internal import PrivateServers

/// Harrier with a PostgreSQL and a Redis of its own, each of which can be killed and started again.
public actor Installation {
  public nonisolated let port: Int
  public nonisolated let database: Database
  private let binary: String
  private let folder: String
  private let postgres: PrivatePostgres
  private let redis: PrivateRedis
  private let environment: [String: String]
  private var server: HarrierServer?

  private init(
    binary: String, folder: String, postgres: PrivatePostgres, redis: PrivateRedis,
    conninfo: String, socket: String
  ) throws {
    self.binary = binary
    self.folder = folder
    self.postgres = postgres
    self.redis = redis
    port = try Self.freePort()
    database = Database(conninfo: conninfo)
    environment = [
      "HARRIER_DATABASE_URL": conninfo,
      "HARRIER_REDIS_URL": "unix://\(socket)",
      "HARRIER_HOST": "127.0.0.1",
      "HARRIER_PORT": String(port),
      "HARRIER_RULES": Checkout.rules,
      "HARRIER_MIGRATIONS": Checkout.migrations,
    ]
  }

  /// Runs `body` with an installation whose database is migrated and whose service answers; ends and
  /// removes all of it afterwards.
  public static func with<Result: Sendable>(
    _ body: @Sendable (Installation) async throws -> Result
  ) async throws -> Result {
    let binary = try Checkout.binary()
    let folder = try Checkout.makeScratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let postgres = try PrivatePostgres(directory: "\(folder)/pg")
    let redis = try PrivateRedis(directory: "\(folder)/redis")
    var made: Installation?
    let result: Swift.Result<Result, any Error>
    do {
      let conninfo = try await postgres.start().conninfo
      let installation = try Installation(
        binary: binary, folder: folder, postgres: postgres, redis: redis, conninfo: conninfo,
        socket: try await redis.start())
      made = installation
      try await installation.command(["migrate", "up"])
      try await installation.startServer()
      result = .success(try await body(installation))
    } catch {
      result = .failure(error)
    }
    await made?.killServer()
    await redis.kill()
    await postgres.kill()
    return try result.get()
  }

  // MARK: Commands

  /// Runs `harrier` with this installation's configuration and returns what it prints.
  @discardableResult
  public func command(_ arguments: [String], input: String = "") async throws -> String {
    let output = try await CommandLineProgram.run(
      binary, arguments, environment: environment, input: input)
    guard output.status == 0 else {
      throw HarnessError(
        "harrier \(arguments.joined(separator: " ")) exited with \(output.status): "
          + output.standardError)
    }
    return output.standardOutput
  }

  public func makeOrganization(_ slug: String) async throws {
    try await command(["org", "create", "--slug", slug, "--name", slug, "--json"])
  }

  public func makeUser(
    _ email: String, role: String, password: String, organization: String
  ) async throws {
    try await command(
      [
        "user", "create", "--org", organization, "--email", email, "--role", role,
        "--password-stdin",
      ],
      input: password + "\n")
  }

  /// Makes an API key and returns it whole: `hk_<id>.<secret>`.
  public func makeKey(organization: String, scopes: [String]) async throws -> String {
    let text = try await command([
      "key", "create", "--org", organization, "--name", "test",
      "--scopes", scopes.joined(separator: ","), "--json",
    ])
    struct Made: Decodable { var key: String }
    return try JSONDecoder().decode(Made.self, from: Data(text.utf8)).key
  }

  // MARK: Life and death

  /// Starts the service and returns once it says that it is ready.
  public func startServer(within limit: Duration = .seconds(60)) async throws {
    let server = try HarrierServer.start(binary, environment: environment, folder: folder)
    self.server = server
    try await waitUntilReady(within: limit)
  }

  /// Waits until `/readyz` answers 200.
  public func waitUntilReady(within limit: Duration = .seconds(60)) async throws {
    let deadline = ContinuousClock.now + limit
    var last = "nothing"
    while ContinuousClock.now < deadline {
      if let status = server?.exitStatus() {
        server = nil
        throw HarnessError("harrier serve ended with \(status): \(logTail)")
      }
      do {
        let response = try await ask(HTTPRequest("GET", "/readyz"))
        if response.status == 200 { return }
        last = "\(response.status) \(response.text)"
      } catch {
        last = "\(error)"
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw HarnessError("harrier serve was not ready within \(limit): \(last): \(logTail)")
  }

  /// One request on a connection of its own.
  public nonisolated func ask(
    _ request: HTTPRequest, timeoutSeconds: Int = 30
  ) async throws -> HTTPResponse {
    let port = self.port
    return try await onOwnThread {
      try HTTPConnection(port: port, timeoutSeconds: timeoutSeconds).exchange(request)
    }
  }

  /// Ends the service as `kill -9` does.
  public func killServer() async {
    _ = try? await server?.end(by: SIGKILL, within: .seconds(30))
    server = nil
  }

  /// Asks the service to stop.
  ///
  /// - Returns: its exit status; nil if it did not stop in time.
  public func stopServer(within limit: Duration = .seconds(30)) async throws -> Int32? {
    let status = try await server?.end(by: SIGTERM, within: limit)
    if status != nil { server = nil }
    return status
  }

  /// Ends PostgreSQL and all its sessions at once.
  public func killPostgres() async { await postgres.kill() }
  public func startPostgres() async throws { _ = try await postgres.start() }

  /// Ends Redis at once; what it held is gone.
  public func killRedis() async { await redis.kill() }
  public func startRedis() async throws { _ = try await redis.start() }

  /// The last of what the service wrote.
  public var logTail: String {
    let log = FileManager.default.contents(atPath: "\(folder)/harrier.log") ?? Data()
    return String(decoding: log.suffix(4000), as: UTF8.self)
  }

  private static func freePort() throws -> Int {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(probe, $0, size) == 0 && getsockname(probe, $0, &size) == 0
      }
    }
    guard bound else { throw HarnessError("no free port on 127.0.0.1") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
