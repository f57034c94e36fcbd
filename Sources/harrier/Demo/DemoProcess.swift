import PrivateServers

#if canImport(Glibc)
  import Glibc
#endif

/// A demo as a process of its own: started in the background, found again, stopped.
struct DemoProcess {
  let files: DemoFiles

  /// The longest a detached demo may take until it answers.
  private static let startLimit = Duration.seconds(90)
  /// `POSIX_SPAWN_SETSID`, which Glibc's module leaves out.
  private static let newSession: Int16 = 0x80
  private static let stopLimit = Duration.seconds(60)

  /// The process that runs the demo in this folder; nil if none does.
  private var runningPID: pid_t? {
    guard let text = try? FileText.read(files.pid, limit: 64), let pid = pid_t(text.trimmed),
      kill(pid, 0) == 0, isHarrier(pid)
    else { return nil }
    return pid
  }

  /// Whether the process runs our program: a pid may have been given to another since.
  private func isHarrier(_ pid: pid_t) -> Bool {
    guard let command = try? FileText.read("/proc/\(pid)/cmdline", limit: 1 << 16) else {
      return false
    }
    let words = command.split(separator: "\0")
    return words.first?.hasSuffix("harrier") == true && words.contains("demo")
  }

  func refuseIfRunning() throws {
    guard let pid = runningPID else { return }
    throw CommandError(
      .usage,
      "a demo runs in \(files.directory) already (process \(pid)): stop it with harrier demo --stop --data \(files.directory)"
    )
  }

  /// Starts the demo in a session of its own and waits until it answers.
  func detach(arguments: [String]) async throws {
    mkdir(files.directory, 0o755)
    unlink(files.ready)
    let pid = try spawn(arguments)
    let deadline = ContinuousClock.now + Self.startLimit
    while ContinuousClock.now < deadline {
      if let ready = try? ReadyFile.read(files.ready), ready.pid == pid {
        Self.describe(ready, files)
        return
      }
      guard waitpid(pid, nil, WNOHANG) == 0 else {
        throw CommandError(.missingService, "the demo did not start:\n\(lastWords)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    kill(pid, SIGTERM)
    throw CommandError(.tryAgain, "the demo did not answer in time:\n\(lastWords)")
  }

  /// Says where a running demo is and how to stop it.
  static func describe(_ ready: ReadyFile, _ files: DemoFiles) {
    let terminal = Terminal()
    terminal.say("  Harrier   \(terminal.styled(ready.url, .bold))  (process \(ready.pid))")
    terminal.say("  Keys      \(files.ready)")
    terminal.say("  Stop      harrier demo --stop --data \(files.directory)")
  }

  private var lastWords: String {
    guard let text = try? FileText.read(files.log, limit: 64 << 20) else { return "" }
    return text.split(separator: "\n").suffix(12).joined(separator: "\n")
  }

  private func spawn(_ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, files.log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawnattr_setflags(&attributes, Self.newSession)
    var argv: [UnsafeMutablePointer<CChar>?] = (["harrier"] + arguments).map { strdup($0) }
    argv.append(nil)
    defer { argv.forEach { free($0) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv, environ)
    guard status == 0 else {
      throw CommandError(
        .bug, "the demo could not be started: \(String(cString: strerror(status)))")
    }
    return pid
  }

  func stop() async throws {
    guard let pid = runningPID else {
      throw CommandError(.notFound, "no demo runs in \(files.directory)")
    }
    kill(pid, SIGTERM)
    let deadline = ContinuousClock.now + Self.stopLimit
    while kill(pid, 0) == 0, isHarrier(pid) {
      guard ContinuousClock.now < deadline else {
        throw CommandError(.tryAgain, "process \(pid) does not end")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    Terminal().say("  stopped; the data is kept in \(files.directory)")
  }

  /// Stops a demo that runs in the folder and deletes what a demo put there, and nothing else.
  func reset() async throws {
    if runningPID != nil { try await stop() }
    for path in [
      files.postgres, files.redis, files.ready, files.environment, files.credentials, files.log,
      files.pid,
    ] where FileText.exists(path) {
      ServerFolder.removeTree(path)
    }
  }
}
