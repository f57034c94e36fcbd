internal import Foundation
internal import Glibc

extension Installation {
  /// The node's name in the database.
  public static func name(ofNode node: Int) -> String { "node-\(node + 1)" }

  /// Starts a node and returns once it says that it is ready.
  public func startServer(_ node: Int = 0, within limit: Duration = .seconds(60)) async throws {
    let own = [
      "HARRIER_PORT": String(ports[node]), "HARRIER_NODE": Self.name(ofNode: node),
    ]
    servers[node] = try HarrierServer.start(
      binary, environment: environment.merging(own) { $1 }, log: log(node))
    try await waitUntilReady(node, within: limit)
  }

  /// Waits until `/readyz` answers 200.
  public func waitUntilReady(_ node: Int = 0, within limit: Duration = .seconds(60)) async throws {
    let deadline = ContinuousClock.now + limit
    var last = "nothing"
    while ContinuousClock.now < deadline {
      if let status = servers[node]?.exitStatus() {
        servers[node] = nil
        throw HarnessError("harrier serve ended with \(status): \(logTail)")
      }
      do {
        let response = try await ask(HTTPRequest("GET", "/readyz"), node: node)
        if response.status == 200 { return }
        last = "\(response.status) \(response.text)"
      } catch {
        last = "\(error)"
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw HarnessError("harrier serve was not ready within \(limit): \(last): \(logTail)")
  }

  /// Ends a node as `kill -9` does.
  public func killServer(_ node: Int = 0) async {
    _ = try? await servers[node]?.end(by: SIGKILL, within: .seconds(30))
    servers[node] = nil
  }

  /// Asks a node to stop.
  ///
  /// - Returns: its exit status; nil if it did not stop in time.
  public func stopServer(_ node: Int = 0, within limit: Duration = .seconds(30)) async throws
    -> Int32?
  {
    let status = try await servers[node]?.end(by: SIGTERM, within: limit)
    if status != nil { servers[node] = nil }
    return status
  }

  /// Stops a node without ending it, as a machine does that is paused.
  public func suspendServer(_ node: Int) {
    servers[node]?.signal(SIGSTOP)
  }

  /// Lets a suspended node go on.
  public func resumeServer(_ node: Int) {
    servers[node]?.signal(SIGCONT)
  }

  /// The last of what the nodes wrote.
  public var logTail: String {
    ports.indices.map { node in
      let log = FileManager.default.contents(atPath: log(node)) ?? Data()
      return String(decoding: log.suffix(4000), as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// The files that the nodes write to.
  var logs: [String] { ports.indices.map { log($0) } }

  private func log(_ node: Int) -> String { "\(folder)/\(Self.name(ofNode: node)).log" }
}
