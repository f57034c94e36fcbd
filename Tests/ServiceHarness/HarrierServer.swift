internal import CShims
internal import Foundation
internal import Glibc

/// A running `harrier serve`.
struct HarrierServer {
  let pid: Int32

  /// Starts the program; the kernel kills it should this process end first.
  ///
  /// - Parameter path: the file to whose end it writes.
  static func start(
    _ binary: String, environment: [String: String], log path: String
  ) throws -> HarrierServer {
    let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw HarnessError("the log \(path) can't be opened") }
    defer { close(log) }
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HARRIER_") }
    let settings = inherited.merging(environment) { $1 }
    let arguments = CStrings([binary, "serve"])
    let variables = CStrings(settings.map { "\($0.key)=\($0.value)" })
    var error: Int32 = 0
    let pid = withExtendedLifetime((arguments, variables)) {
      Checkout.root.withCString { root in
        var request = shim_spawn_request(
          program: arguments.pointer[0]!, arguments: arguments.pointer,
          environment: variables.pointer, working_directory: root, output: log,
          drops_privileges: 0, user: 0, group: 0, groups: nil, group_count: 0,
          keeps_search_capability: 0, death_signal: SIGKILL)
        return shim_spawn(&request, &error)
      }
    }
    guard pid > 0 else {
      throw HarnessError("\(binary) can't be started: \(String(cString: strerror(error)))")
    }
    return HarrierServer(pid: pid)
  }

  /// Sends a signal and waits for the end.
  ///
  /// - Returns: the exit status as the shell shows it; nil if the process is still there.
  func end(by signal: Int32, within limit: Duration) async throws -> Int32? {
    kill(pid, signal)
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      if let status = exitStatus() { return status }
      try await Task.sleep(for: .milliseconds(5))
    }
    return nil
  }

  func signal(_ number: Int32) {
    kill(pid, number)
  }

  /// Nil while the process runs.
  func exitStatus() -> Int32? {
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
