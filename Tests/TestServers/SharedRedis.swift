import PrivateServers

/// One private Redis for a test process. Tests keep apart by prefixes of their keys.
public struct SharedRedis: Sendable {
  private static let start = Task { try await SharedRedis() }

  public static func shared() async throws -> SharedRedis {
    try await start.value
  }

  public let socketPath: String

  private init() async throws {
    let folder = try TemporaryFolder("redis")
    let server = try PrivateRedis(directory: "\(folder.path)/redis")
    socketPath = try await server.start()
    folder.removeAtExit(with: await server.process)
  }
}
