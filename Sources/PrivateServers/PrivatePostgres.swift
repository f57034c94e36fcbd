import Glibc

/// A PostgreSQL server of our own on a unix socket in a folder.
///
/// The first start makes the cluster (`initdb`) and its database; later starts use what is there,
/// also after a crash. Only this machine's user (and root) can reach it: there is no TCP port and the
/// folder is private.
public actor PrivatePostgres {
  public nonisolated let directory: String
  let options: PrivatePostgresOptions
  let account: ServerAccount
  /// The running server, ours or adopted.
  public internal(set) var process: ServerProcess?
  var socketFolder: String?

  var dataFolder: String { "\(directory)/data" }
  var logPath: String { "\(directory)/postgres.log" }
  var pidPath: String { "\(dataFolder)/postmaster.pid" }
  /// Names the short folder that holds the socket when our own path is too long.
  var socketFolderNote: String { "\(directory)/socket-folder" }

  /// - Parameter directory: made if it is missing; parents, too.
  public init(directory: String, options: PrivatePostgresOptions = .init()) throws {
    self.directory = try ServerFolder.absolute(directory)
    self.options = options
    account = try ServerAccount.current(forRoot: ["postgres", "nobody"])
  }

  /// The server process's id while it runs.
  public var pid: Int32? { process?.pid }

  /// Starts the server, on the first time after making the cluster, and returns when it answers.
  public func start() async throws -> PrivatePostgresEndpoint {
    if let process, process.exitStatus() == nil {
      throw PrivateServerError(.alreadyRunning, "the server in \(directory) runs already")
    }
    let server = try program("postgres")
    try ServerFolder.make(directory, for: account)
    if let running = runningServer() {
      throw PrivateServerError(
        .alreadyRunning, "a server (process \(running.pid)) runs in \(directory) already")
    }
    try await makeCluster()
    removeStaleFiles()
    let endpoint = try makeEndpoint()
    try await launch(server, endpoint)
    return endpoint
  }

  /// Ends the server: sessions are broken off, the data is brought to disk.
  public func stop(timeout: Duration = .seconds(60)) async throws {
    guard let process else { return }
    process.signal(SIGINT)
    if await process.waitForExit(timeout) == nil {
      process.signal(SIGQUIT)
      guard await process.waitForExit(.seconds(10)) != nil else {
        throw PrivateServerError(
          .stopFailed, "the server (process \(process.pid)) in \(directory) does not end")
      }
    }
    self.process = nil
    removeSocketFolder()
  }

  /// Ends the server and its sessions at once, as a crash would.
  public func kill() async {
    guard let process else { return }
    let sessions = process.killTree()
    _ = await process.waitForExit(.seconds(10))
    while sessions.contains(where: { !$0.isDead }) { await uncancelledSleep(.milliseconds(2)) }
    self.process = nil
  }

  public func restart() async throws -> PrivatePostgresEndpoint {
    try await stop()
    return try await start()
  }

  /// Takes over a server that another process left running in the folder, to stop it or to use it.
  ///
  /// - Returns: where it answers; nil if none runs.
  public func adopt() throws -> PrivatePostgresEndpoint? {
    guard let running = runningServer() else { return nil }
    process = running
    let noted = ServerFolder.read(socketFolderNote)
    socketFolder = noted ?? directory
    return endpoint(in: noted ?? directory)
  }

  func program(_ name: String) throws -> String {
    try ProgramFinder.find(name, package: "postgresql")
  }

  func endpoint(in folder: String) -> PrivatePostgresEndpoint {
    PrivatePostgresEndpoint(
      socketFolder: folder, user: options.user, database: options.database)
  }
}
