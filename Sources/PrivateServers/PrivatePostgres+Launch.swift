import Glibc

extension PrivatePostgres {
  /// Starts the server process and waits until it answers; makes the database if it is missing.
  func launch(_ server: String, _ endpoint: PrivatePostgresEndpoint) async throws {
    let deadline = ContinuousClock.now + options.startTimeout
    var arguments = ["-D", dataFolder]
    for (name, value) in options.allSettings(walCompression: try await walCompression()) {
      arguments += ["-c", "\(name)=\(value)"]
    }
    arguments += ["-c", "unix_socket_directories=\"\(endpoint.socketFolder)\""]
    while true {
      let process = try spawn(server, arguments)
      self.process = process
      do {
        try await waitUntilReady(process, endpoint, until: deadline)
        return
      } catch let error as PrivateServerError {
        process.signal(SIGQUIT)
        _ = await process.waitForExit(.seconds(10))
        self.process = nil
        // Sessions of a server that was killed hold its memory for a moment.
        guard error.message.contains("pre-existing shared memory"), ContinuousClock.now < deadline
        else { throw error }
        await uncancelledSleep(.milliseconds(100))
      }
    }
  }

  private func spawn(_ server: String, _ arguments: [String]) throws -> ServerProcess {
    let output = try ServerFolder.openLog(logPath)
    defer { close(output) }
    return try ServerProcess.spawn(
      ServerProcess.Command(
        program: server, arguments: arguments, folder: directory, output: output,
        account: account, isDetached: options.isDetached))
  }

  private func waitUntilReady(
    _ process: ServerProcess, _ endpoint: PrivatePostgresEndpoint,
    until deadline: ContinuousClock.Instant
  ) async throws {
    while true {
      if let status = process.exitStatus() {
        throw PrivateServerError(
          .startFailed, "postgres ended with \(status): \(ServerFolder.tail(logPath))")
      }
      let probe = PostgresProbe.ask(
        socket: endpoint.socketPath, user: endpoint.user, database: endpoint.database)
      switch probe {
      case .ready: return
      case .noDatabase:
        try await run(
          "createdb",
          [
            "--host=\(endpoint.socketFolder)", "--port=5432", "--username=\(endpoint.user)",
            "--maintenance-db=postgres", "--", endpoint.database,
          ])
        return
      case .refused(let state):
        throw PrivateServerError(.startFailed, "postgres refuses a session with \(state)")
      case .notReady: break
      }
      guard ContinuousClock.now < deadline, !Task.isCancelled else {
        throw PrivateServerError(
          .startFailed, "postgres was not ready in time: \(ServerFolder.tail(logPath))")
      }
      await uncancelledSleep(.milliseconds(10))
    }
  }
}
