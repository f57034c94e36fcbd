import Access
import Core
import Postgres
import PrivateServers

#if canImport(Glibc)
  import Glibc
#endif

/// The demo in the foreground: servers, accounts, service, replay; until it is told to stop.
struct Demo {
  let files: DemoFiles
  let port: Int?
  let replay: Bool
  let terminal: Terminal

  func run() async throws {
    mkdir(files.directory, 0o755)
    try FileText.writeAtomically("\(getpid())\n", to: files.pid, mode: 0o600)
    defer {
      for path in [files.ready, files.environment, files.pid] { unlink(path) }
    }
    let servers = try DemoServers(files: files)
    do {
      try await servers.start(terminal)
      try await serve(servers)
    } catch let error as PrivateServerError {
      await servers.stop()
      throw CommandError(.missingService, error.message)
    } catch {
      await servers.stop()
      throw error
    }
    await servers.stop()
    terminal.say("  stopped; the data is kept in \(files.directory)")
  }

  private func serve(_ servers: DemoServers) async throws {
    // Before anyone is told that it is ready.
    let story = replay ? try story() : nil
    let configuration = try configuration(servers)
    let credentials = try await DemoAccounts(files: files).prepare(configuration)
    let server = Server(configuration: configuration)
    try await server.run { port in
      let ready = ReadyFile(
        url: "http://127.0.0.1:\(port)", pid: getpid(), organization: DemoAccounts.organization,
        admin: .init(email: credentials.email, password: credentials.password),
        sensorKey: credentials.sensorKey, databaseUrl: configuration.databaseURL,
        redisUrl: configuration.redisURL ?? "")
      try ready.writeEnvironment(to: files.environment)
      try ready.write(to: files.ready)
      DemoProcess.describe(ready, files)
      guard let story else { return }
      let api = APIClient(host: "127.0.0.1", port: port, credential: credentials.sensorKey)
      try await StoryReplay(story: story, api: api, terminal: terminal).run()
      invite()
    }
  }

  private func configuration(_ servers: DemoServers) throws -> ServerConfiguration {
    let settings = try Settings.load(
      file: nil,
      flags: [
        "HARRIER_DATABASE_URL": servers.databaseURL, "HARRIER_REDIS_URL": servers.redisURL,
        "HARRIER_LOG_LEVEL": ProcessEnvironment.all["HARRIER_LOG_LEVEL"] ?? "warning",
        "HARRIER_HOST": "127.0.0.1",
        "HARRIER_PORT": String(port ?? Int(FreePort.preferring(8080))),
      ])
    return try ServerConfiguration(settings)
  }

  private func story() throws -> Story {
    guard let path = FileText.besideProgram("ops/demo/story.jsonl") else {
      throw CommandError(
        .notFound, "ops/demo/story.jsonl is not beside the program: use --no-replay")
    }
    return try Story.load(path)
  }

  private func invite() {
    terminal.say("  Try       . \(files.environment)")
    terminal.say(
      "            curl -s -H \"Authorization: Bearer $HARRIER_KEY\" \"$HARRIER_URL/api/incidents\""
    )
  }
}

/// A TCP port on loopback that nobody listens on.
enum FreePort {
  /// `preferred` if it is free, else 0, with which the system chooses one.
  static func preferring(_ preferred: UInt16) -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = preferred.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return bound == 0 ? preferred : 0
  }
}
