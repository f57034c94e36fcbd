import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Try Harrier: private PostgreSQL and Redis, and the replay of a real attack.",
    discussion: """
      Everything lives in one folder and nothing outside it is touched: the servers listen on unix
      sockets in it, Harrier on 127.0.0.1. Ctrl-C stops everything and keeps the data.

      EXAMPLES
        harrier demo
        harrier demo --detach && curl -s "$(jq -r .url harrier-data/ready.json)/healthz"
        harrier demo --stop
        harrier demo --reset
      """)

  @Option(help: "The folder for all data.")
  var data = "./harrier-data"

  @Option(help: "The port on 127.0.0.1; 0 takes a free one. Without it 8080, or a free one.")
  var port: Int?

  @Flag(help: "Return once the service answers; the replay goes on in the background.")
  var detach = false

  @Flag(inversion: .prefixedNo, help: "Replay the attack.")
  var replay = true

  @Flag(help: "Delete the folder's data first.")
  var reset = false

  @Flag(help: "Stop a detached demo, and keep its data.")
  var stop = false

  func validate() throws {
    if stop, detach || reset { throw ValidationError("--stop goes with --data alone") }
    if let port, !(0...65535).contains(port) {
      throw ValidationError("--port must be a number from 0 to 65535")
    }
  }

  func run() async throws {
    let files = DemoFiles(directory: data)
    let process = DemoProcess(files: files)
    if stop {
      try await process.stop()
      return
    }
    if reset { try await process.reset() }
    try process.refuseIfRunning()
    if detach {
      try await process.detach(arguments: childArguments)
    } else {
      try await Demo(files: files, port: port, replay: replay, terminal: Terminal()).run()
    }
  }

  /// The same demo in the foreground, as the detached process runs it.
  private var childArguments: [String] {
    var arguments = ["demo", "--data", data]
    if let port { arguments += ["--port", String(port)] }
    if !replay { arguments.append("--no-replay") }
    return arguments
  }
}
