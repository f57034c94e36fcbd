import Glibc

/// How a private Redis is set up.
public struct PrivateRedisOptions: Sendable {
  public var maxMemoryMegabytes = 64
  public var maxMemoryPolicy = "allkeys-lru"
  /// Whether the server outlives this process.
  public var isDetached = false
  public var startTimeout = Duration.seconds(20)

  public init() {}
}

/// A Redis server of our own on a unix socket in a folder; it keeps nothing on disk.
public actor PrivateRedis {
  public nonisolated let directory: String
  let options: PrivateRedisOptions
  let account: ServerAccount
  /// The running server, ours or adopted.
  public private(set) var process: ServerProcess?

  private var socketNote: String { "\(directory)/redis-socket" }
  private var pidPath: String { "\(directory)/redis.pid" }
  private var logPath: String { "\(directory)/redis.log" }

  /// - Parameter directory: made if it is missing; parents, too.
  public init(directory: String, options: PrivateRedisOptions = .init()) throws {
    self.directory = try ServerFolder.absolute(directory)
    self.options = options
    account = try ServerAccount.current(forRoot: ["redis", "nobody"])
  }

  public var pid: Int32? { process?.pid }

  /// Starts the server and returns its socket's path when it answers.
  public func start() async throws -> String {
    if let process, process.exitStatus() == nil {
      throw PrivateServerError(.alreadyRunning, "the server in \(directory) runs already")
    }
    let program = try ProgramFinder.find("redis-server", package: "redis-server")
    try ServerFolder.make(directory, for: account)
    if let running = runningServer() {
      throw PrivateServerError(
        .alreadyRunning, "a server (process \(running.pid)) runs in \(directory) already")
    }
    let socket = try makeSocketPath()
    let process = try spawn(program, socket)
    self.process = process
    try ServerFolder.write(String(process.pid), to: pidPath)
    do {
      try await waitUntilReady(process, socket)
    } catch {
      await kill()
      throw error
    }
    return socket
  }

  public func stop(timeout: Duration = .seconds(10)) async throws {
    guard let process else { return }
    process.signal(SIGTERM)
    if await process.waitForExit(timeout) == nil { process.signal(SIGKILL) }
    guard await process.waitForExit(.seconds(10)) != nil else {
      throw PrivateServerError(
        .stopFailed, "the server (process \(process.pid)) in \(directory) does not end")
    }
    self.process = nil
    removeTraces()
  }

  /// Ends the server at once, as a crash would.
  public func kill() async {
    guard let process else { return }
    process.signal(SIGKILL)
    _ = await process.waitForExit(.seconds(10))
    self.process = nil
  }

  public func restart() async throws -> String {
    try await stop()
    return try await start()
  }

  /// Takes over a server that another process left running in the folder.
  ///
  /// - Returns: its socket; nil if none runs.
  public func adopt() -> String? {
    guard let running = runningServer(), let socket = ServerFolder.read(socketNote) else {
      return nil
    }
    process = running
    return socket
  }

  private func runningServer() -> ServerProcess? {
    guard let pid = ServerFolder.read(pidPath).flatMap({ Int32($0) }) else { return nil }
    let process = ServerProcess(pid: pid)
    // Redis rewrites its title to `redis-server unixsocket:/…`.
    guard process.exitStatus() == nil, let socket = ServerFolder.read(socketNote),
      ServerFolder.read("/proc/\(pid)/cmdline")?.contains(socket) == true
    else { return nil }
    return process
  }

  private func makeSocketPath() throws -> String {
    removeTraces()
    var socket = "\(directory)/redis.sock"
    if socket.utf8.count > ServerFolder.longestSocketPath {
      socket = try ServerFolder.makeShort(for: account) + "/redis.sock"
    }
    try ServerFolder.write(socket, to: socketNote)
    return socket
  }

  private func removeTraces() {
    if let socket = ServerFolder.read(socketNote), let slash = socket.lastIndex(of: "/") {
      unsafe unlink(socket)
      if socket[..<slash] != directory { unsafe rmdir(String(socket[..<slash])) }
    }
    unsafe unlink(socketNote)
    unsafe unlink(pidPath)
  }

  private func spawn(_ program: String, _ socket: String) throws -> ServerProcess {
    let output = try ServerFolder.openLog(logPath)
    defer { close(output) }
    return try ServerProcess.spawn(
      ServerProcess.Command(
        program: program,
        arguments: [
          "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--save", "",
          "--appendonly", "no", "--dir", directory, "--daemonize", "no",
          "--maxmemory", "\(options.maxMemoryMegabytes)mb",
          "--maxmemory-policy", options.maxMemoryPolicy,
        ],
        folder: directory, output: output, account: account, isDetached: options.isDetached))
  }

  private func waitUntilReady(_ process: ServerProcess, _ socket: String) async throws {
    let deadline = ContinuousClock.now + options.startTimeout
    let pong = Array("+PONG\r\n".utf8)
    while ServerSocket.ask(socket, Array("PING\r\n".utf8), isComplete: { $0.count >= pong.count })
      != pong
    {
      guard process.exitStatus() == nil, ContinuousClock.now < deadline, !Task.isCancelled else {
        throw PrivateServerError(
          .startFailed, "redis-server did not get ready: \(ServerFolder.tail(logPath))")
      }
      await uncancelledSleep(.milliseconds(5))
    }
  }
}
