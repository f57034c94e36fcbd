internal import Foundation
internal import Glibc
internal import PrivateServers

extension Installation {
  /// Ends PostgreSQL and all its sessions at once.
  public func killPostgres() async { await postgres.kill() }
  public func startPostgres() async throws { _ = try await postgres.start() }

  /// Ends PostgreSQL as `pg_ctl stop --mode=immediate` does: sessions are told, nothing is brought to
  /// disk, and the next start recovers.
  public func stopPostgresImmediately() async throws {
    guard let process = await postgres.process else { return }
    try await onOwnThread { process.endNow(signal: SIGQUIT) }
  }

  /// Ends Redis at once; what it held is gone.
  public func killRedis() async { await redis.kill() }
  public func startRedis() async throws { _ = try await redis.start() }

  /// Empties Redis while it is used.
  public func flushRedis() async throws {
    let output = try await CommandLineProgram.run(
      CommandLineProgram.find("redis-cli"), ["-s", redisSocket, "flushall"])
    guard output.status == 0, output.standardOutput == "OK\n" else {
      throw HarnessError("redis-cli flushall: \(output.standardOutput)\(output.standardError)")
    }
  }
}
