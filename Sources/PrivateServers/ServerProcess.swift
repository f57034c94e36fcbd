import CShims
public import Glibc

/// A server's process, our child or one that was adopted.
public struct ServerProcess: Sendable {
  public let pid: Int32

  /// What to start and as whom.
  struct Command {
    var program: String
    var arguments: [String]
    var folder: String
    var output: Int32
    var account: ServerAccount
    /// Whether the server outlives this process.
    var isDetached = false
  }

  static func spawn(_ command: Command) throws -> ServerProcess {
    let words = unsafe ([command.program] + command.arguments).map { unsafe strdup($0) } + [nil]
    let environment = unsafe Self.environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + environment).forEach { unsafe free($0) } }
    var error: Int32 = 0
    let pid = unsafe command.program.withCString { program in
      unsafe command.folder.withCString { folder in
        unsafe command.account.groups.withUnsafeBufferPointer { groups in
          unsafe words.withUnsafeBufferPointer { words in
            unsafe environment.withUnsafeBufferPointer { environment in
              guard let words = words.baseAddress,
                let environment = environment.baseAddress
              else { return Int32(-1) }
              var request = unsafe shim_spawn_request(
                program: program, arguments: words, environment: environment,
                working_directory: folder, output: command.output,
                drops_privileges: command.account.isAnother ? 1 : 0, user: command.account.user,
                group: command.account.group, groups: groups.baseAddress,
                group_count: groups.count,
                keeps_search_capability: command.account.canReach(command.folder) ? 0 : 1,
                death_signal: command.isDetached ? 0 : SIGINT)
              return unsafe shim_spawn(&request, &error)
            }
          }
        }
      }
    }
    guard pid > 0 else {
      throw PrivateServerError(
        .startFailed, "\(command.program) can't be started: \(errorText(error))")
    }
    return ServerProcess(pid: pid)
  }

  /// Nothing of ours but the search path: a server must not pick up `PGDATA` and its like.
  private static var environment: [String] {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    return ["PATH=\(path)", "LC_ALL=C", "TZ=UTC"]
  }

  /// Nil while the process runs. A child's exit status as the shell shows it; 0 for an adopted
  /// process that is gone.
  func exitStatus() -> Int32? {
    var status: Int32 = 0
    let result = unsafe waitpid(pid, &status, WNOHANG)
    if result == pid {
      let signal = status & 0x7F
      return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
    if result == 0 { return nil }
    return kill(pid, 0) == 0 || errno == EPERM ? nil : 0
  }

  /// Waits for the end; false if the time passed before. Not ended by cancellation, as servers are
  /// stopped when everything else was cancelled.
  func waitForExit(_ timeout: Duration) async -> Int32? {
    let deadline = ContinuousClock.now + timeout
    var pause = Duration.milliseconds(2)
    while true {
      if let status = exitStatus() { return status }
      if ContinuousClock.now > deadline { return nil }
      await uncancelledSleep(pause)
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  public func signal(_ number: Int32) {
    Glibc.kill(pid, number)
  }

  /// Ends the process and those it started without mercy.
  ///
  /// - Returns: those it started; they end soon.
  @discardableResult
  public func killTree() -> [ServerProcess] {
    // Stopped, it can't start more while we look.
    Glibc.kill(pid, SIGSTOP)
    let children = Self.children(of: pid)
    for child in children { child.signal(SIGKILL) }
    Glibc.kill(pid, SIGKILL)
    return children
  }

  /// Whether the process is gone, or waits for its parent to notice.
  var isDead: Bool {
    guard let state = Self.fields(of: pid)?.first else { return true }
    return state == "Z" || state == "X"
  }

  /// Ends the process and blocks until it has ended, for handlers at the end of a program.
  public func endNow(signal number: Int32 = SIGQUIT, patience: Duration = .seconds(5)) {
    signal(number)
    let deadline = ContinuousClock.now + patience
    while exitStatus() == nil {
      if ContinuousClock.now > deadline {
        killTree()
        return
      }
      usleep(5000)
    }
  }

  static func children(of parent: Int32) -> [ServerProcess] {
    ServerFolder.names(in: "/proc").compactMap { Int32($0) }.filter {
      fields(of: $0)?.dropFirst().first == String(parent)[...]
    }.map { ServerProcess(pid: $0) }
  }

  /// What `/proc` tells after the name in parentheses: state, parent, … (proc(5)).
  private static func fields(of pid: Int32) -> [Substring]? {
    guard let text = ServerFolder.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }

  /// Whether the process was started with the folder among its arguments or works in it.
  func isAt(_ folder: String) -> Bool {
    let words = ServerFolder.read("/proc/\(pid)/cmdline")?.split(separator: "\0") ?? []
    if words.contains(where: { $0 == folder }) { return true }
    guard let real = unsafe realpath("/proc/\(pid)/cwd", nil) else { return false }
    defer { unsafe free(real) }
    return unsafe String(cString: real) == folder
  }
}

/// Sleeps even where the task was cancelled.
func uncancelledSleep(_ duration: Duration) async {
  await Task.detached {
    // A detached task of our own is never cancelled.
    try? await Task.sleep(for: duration)
  }.value
}
