import Glibc

extension PrivatePostgres {
  /// Runs `initdb` unless it ran to its end before.
  func makeCluster() async throws {
    if ServerFolder.exists("\(dataFolder)/PG_VERSION"),
      ServerFolder.exists("\(dataFolder)/pg_hba.conf"), ServerFolder.exists("\(directory)/made")
    {
      return
    }
    if ServerFolder.exists("\(directory)/made") {
      throw PrivateServerError(
        .folder, "\(dataFolder) is damaged: restore it, or remove \(directory) to start anew")
    }
    // What an interrupted initdb left is of no use.
    ServerFolder.removeTree(dataFolder)
    try ServerFolder.make(dataFolder, for: account)
    do {
      try await initialize(locale: "C.UTF-8")
    } catch {
      ServerFolder.removeTree(dataFolder)
      try ServerFolder.make(dataFolder, for: account)
      try await initialize(locale: "C")
    }
    try ServerFolder.write("", to: "\(directory)/made")
  }

  private func initialize(locale: String) async throws {
    // Not synchronised: the server's first checkpoint and the folder's youth make up for it.
    try await run(
      "initdb",
      [
        "--pgdata=\(dataFolder)", "--username=\(options.user)", "--encoding=UTF8",
        "--locale=\(locale)", "--auth-local=trust", "--auth-host=reject", "--no-sync",
        "--no-instructions",
      ])
  }

  /// Runs a program of PostgreSQL's to its end, its output into the log.
  func run(_ name: String, _ arguments: [String]) async throws {
    let status = try await status(of: name, arguments, log: logPath)
    guard status == 0 else {
      throw PrivateServerError(
        .startFailed, "\(name) failed with \(status): \(ServerFolder.tail(logPath))")
    }
  }

  private func status(
    of name: String, _ arguments: [String], log: String
  ) async throws -> Int32 {
    let output = try ServerFolder.openLog(log)
    defer { close(output) }
    let process = try ServerProcess.spawn(
      ServerProcess.Command(
        program: program(name), arguments: arguments, folder: directory, output: output,
        account: account))
    guard let status = await process.waitForExit(options.startTimeout) else {
      process.killTree()
      _ = await process.waitForExit(.seconds(5))
      throw PrivateServerError(.startFailed, "\(name) did not end within \(options.startTimeout)")
    }
    return status
  }

  /// `lz4` where the server can (version 15 and built with it), else its own method.
  func walCompression() async throws -> String {
    let arguments = ["-D", dataFolder, "-c", "wal_compression=lz4", "-C", "wal_compression"]
    return try await status(of: "postgres", arguments, log: "/dev/null") == 0 ? "lz4" : "on"
  }

  /// The server that runs on our data, whoever started it.
  func runningServer() -> ServerProcess? {
    guard let line = ServerFolder.read(pidPath)?.split(separator: "\n").first,
      let pid = Int32(line)
    else { return nil }
    let process = ServerProcess(pid: pid)
    return process.exitStatus() == nil && process.isAt(dataFolder) ? process : nil
  }

  /// The traces of a server that was killed. PostgreSQL takes a process that has got the same id
  /// since for a server.
  func removeStaleFiles() {
    unsafe unlink(pidPath)
    for folder in [directory, ServerFolder.read(socketFolderNote)].compactMap(\.self) {
      unsafe unlink("\(folder)/.s.PGSQL.5432")
      unsafe unlink("\(folder)/.s.PGSQL.5432.lock")
    }
    removeSocketFolder()
  }

  func removeSocketFolder() {
    guard let folder = ServerFolder.read(socketFolderNote) else { return }
    unsafe rmdir(folder)
    unsafe unlink(socketFolderNote)
  }

  /// The socket lies in our folder, or in a short one where the path is too long or holds a comma,
  /// which separates folders.
  func makeEndpoint() throws -> PrivatePostgresEndpoint {
    let own = endpoint(in: directory)
    if own.socketPath.utf8.count <= ServerFolder.longestSocketPath, !directory.contains(",") {
      socketFolder = directory
      return own
    }
    let folder = try ServerFolder.makeShort(for: account)
    try ServerFolder.write(folder, to: socketFolderNote)
    socketFolder = folder
    return endpoint(in: folder)
  }
}
