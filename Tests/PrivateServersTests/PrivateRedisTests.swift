import Glibc
import PrivateServers
import TestServers
import Testing

@testable import PrivateServers

@Suite struct PrivateRedisTests {
  private func ask(_ socket: String, _ command: String, _ answer: String) -> Bool {
    let expected = Array(answer.utf8)
    return ServerSocket.ask(socket, Array("\(command)\r\n".utf8)) { $0.count >= expected.count }
      == expected
  }

  @Test func theSharedServerAnswers() async throws {
    let redis = try await SharedRedis.shared()
    #expect(ask(redis.socketPath, "PING", "+PONG\r\n"))
  }

  @Test(arguments: ["redis", "with space", String(repeating: "long/", count: 30)])
  func itStartsStopsAndForgets(_ name: String) async throws {
    let folder = try TemporaryFolder("redis")
    defer { folder.remove() }
    let server = try PrivateRedis(directory: "\(folder.path)/\(name)")
    let socket = try await server.start()
    #expect(socket.utf8.count <= 107)
    #expect(ask(socket, "SET a 1", "+OK\r\n"))
    await #expect(throws: PrivateServerError.self) { try await server.start() }
    await server.kill()
    #expect(!ask(socket, "PING", "+PONG\r\n"))
    let second = try await server.start()
    #expect(ask(second, "GET a", "$-1\r\n"), "nothing is kept")
    let third = try await server.restart()
    #expect(ask(third, "CONFIG GET save", "*2\r\n$4\r\nsave\r\n$0\r\n\r\n"))
    try await server.stop()
    #expect(await server.pid == nil)
  }

  @Test func aRunningServerCanBeAdopted() async throws {
    let folder = try TemporaryFolder("redis")
    defer { folder.remove() }
    var options = PrivateRedisOptions()
    options.isDetached = true
    let server = try PrivateRedis(directory: "\(folder.path)/redis", options: options)
    let socket = try await server.start()
    let other = try PrivateRedis(directory: "\(folder.path)/redis")
    let error = await #expect(throws: PrivateServerError.self) { try await other.start() }
    #expect(error?.code == .alreadyRunning)
    #expect(await other.adopt() == socket)
    try await other.stop()
    #expect(await other.adopt() == nil)
    #expect(!ask(socket, "PING", "+PONG\r\n"))
  }
}
