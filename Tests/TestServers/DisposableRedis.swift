import Glibc
import PrivateServers

/// A private Redis of one test, which may kill it, stall it and start it anew. It ends with the last
/// reference, and at the latest with the test process.
public final class DisposableRedis: Sendable {
  public let socketPath: String
  public var url: String { "unix://\(socketPath)" }
  private let folder: TemporaryFolder
  private let server: PrivateRedis

  public init() async throws {
    folder = try TemporaryFolder("redis")
    server = try PrivateRedis(directory: "\(folder.path)/redis")
    socketPath = try await server.start()
  }

  deinit {
    Task.detached { [folder, server] in
      await server.kill()
      folder.remove()
    }
  }

  /// Starts the server where the last one was; what that one saved is loaded.
  public func start() async throws {
    let path = try await server.start()
    precondition(path == socketPath)
  }

  /// SIGKILL, and waits until the process is gone.
  public func kill() async {
    await server.kill()
  }

  /// Stops the process without ending it, as a stalled machine does.
  public func suspend() async {
    await server.process?.signal(SIGSTOP)
  }

  /// Lets a suspended process go on.
  public func resume() async {
    await server.process?.signal(SIGCONT)
  }
}
