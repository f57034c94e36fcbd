import NIOConcurrencyHelpers
import Redis
import TestServers
import Testing

@Suite struct RedisClientTests {
  private func connected(
    _ server: DisposableRedis, _ change: (inout RedisConfiguration) -> Void = { _ in }
  ) async throws -> RedisClient {
    var configuration = try RedisConfiguration(url: server.url)
    configuration.minReconnectDelay = .milliseconds(10)
    configuration.maxReconnectDelay = .milliseconds(50)
    configuration.commandTimeout = .seconds(20)
    change(&configuration)
    let client = RedisClient(configuration: configuration)
    try await client.waitUntilConnected()
    return client
  }

  @Test func commandsAnswer() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    #expect(try await client.get("absent") == nil)
    #expect(try await client.set("a", [1]))
    #expect(try await !client.set("a", [2], onlyIfAbsent: true))
    #expect(try await client.get("a") == [1])
    #expect(try await client.incr("n") == 1)
    #expect(try await client.incr("n") == 2)
    #expect(try await client.mget(["a", "absent", "n"]) == [[1], nil, Array("2".utf8)])
    #expect(try await client.mget([]) == [])
    #expect(try await client.del("a", "absent", "n") == 2)
    try await client.set("short", [1], lifetime: .seconds(100))
    let lifetime = try await client.send(RedisCommand("PTTL", "short")).integer ?? 0
    #expect(lifetime > 0 && lifetime <= 100_000)
    #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    #expect(client.isConnected && client.connectionGeneration == 1 && client.outage == nil)
    await client.shutdown()
  }

  @Test func anyBytesAreKept() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let all = (0...255).map(UInt8.init)
    let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for value in [[], all, Array("\r\n$5\r\n*".utf8), large] {
      try await client.set("k", value)
      #expect(try await client.get("k") == value)
    }
    let reply = try await client.send(
      RedisCommand("ECHO", .bytes([0, 13, 10, 255])))
    #expect(reply == .string([0, 13, 10, 255]))
    await client.shutdown()
  }

  @Test func tenThousandCallersShareOneConnection() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let wrong = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<10_000 {
        group.addTask {
          let value = Array("value \(number)".utf8)
          do {
            try await client.set("key \(number)", value)
            return try await client.get("key \(number)") != value
          } catch {
            return true
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wrong == 0)
    #expect(client.connectionGeneration == 1)
    #expect(client.pendingCommands == 0)
    let clients = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
    #expect(clients.split(separator: "\n").count == 1)
    await client.shutdown()
  }

  @Test func severalCommandsGoTogether() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let replies = try await client.send([
      RedisCommand("SET", "list", "text"), RedisCommand("LPUSH", "list", 1),
      RedisCommand("GET", "list"),
    ])
    #expect(replies[0] == .status("OK"))
    guard case .error(let error) = replies[1] else {
      Issue.record("the second command must be refused")
      return
    }
    #expect(error.serverCode == "WRONGTYPE")
    #expect(replies[2].text == "text")
    #expect(try await client.send([]) == [])
    let many = try await client.send((0..<5000).map { RedisCommand("ECHO", .integer($0)) })
    #expect(many.compactMap(\.integer) == (0..<5000).map { Int64($0) })
    await client.shutdown()
  }

  @Test func aRefusalNamesItsKindAndNoArgument() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let error = await #expect(throws: RedisError.self) {
      try await client.send(RedisCommand("NOSUCH", "topsecret"))
    }
    #expect(error?.code == .server)
    #expect(error?.serverCode == "ERR")
    #expect(error.map { !"\($0)".contains("topsecret") } == true)
    await client.shutdown()
  }

  @Test func scriptsSurviveAFlush() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
    for expected in 1...2 {
      let reply = try await client.eval(script, keys: ["runs"], arguments: ["x"])
      #expect(
        reply == .array([.string(Array("runs".utf8)), .string([120]), .integer(Int64(expected))]))
    }
    #expect(try await client.send(RedisCommand("SCRIPT", "FLUSH")) == .status("OK"))
    #expect(
      try await client.eval(script, keys: ["runs"], arguments: ["x"]).array?.last?.integer == 3)
    let failing = RedisScript("return redis.error_reply('MYKIND it failed')")
    let error = await #expect(throws: RedisError.self) { try await client.eval(failing) }
    #expect(error?.serverCode == "MYKIND")
    await client.shutdown()
  }

  @Test func aCancelledCallerGoesOnAtOnce() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    await server.suspend()
    let tasks = (0..<100).map { number in
      Task { try await client.set("cancelled \(number)", [1]) }
    }
    while client.pendingCommands < 100 { await Task.yield() }
    for task in tasks { task.cancel() }
    for task in tasks {
      let error = await #expect(throws: RedisError.self) { try await task.value }
      #expect(error?.code == .cancelled)
    }
    await server.resume()
    #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    #expect(client.pendingCommands == 0)

    let cancelledBefore = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await client.get("a")
    }
    cancelledBefore.cancel()
    let error = await #expect(throws: RedisError.self) { try await cancelledBefore.value }
    #expect(error?.code == .cancelled)
    #expect(try await client.get("a") == nil)
    await client.shutdown()
  }

  @Test func whatDoesNotFitInTheQueueIsRefused() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server) {
      $0.maxPendingCommands = 10
      $0.maxPendingBytes = 1000
    }
    await server.suspend()
    let waiting = (0..<10).map { _ in Task { try await client.get("a") } }
    while client.pendingCommands < 10 { await Task.yield() }
    let error = await #expect(throws: RedisError.self) { try await client.get("a") }
    #expect(error?.code == .queueFull && error?.wasNotSent == true)
    await server.resume()
    for task in waiting { #expect(try await task.value == nil) }
    let large = await #expect(throws: RedisError.self) {
      try await client.set("a", [UInt8](repeating: 0, count: 1000))
    }
    #expect(large?.code == .queueFull)
    await client.shutdown()
  }

  @Test func shutdownFailsWhatWaitsAndWhatComes() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    await server.suspend()
    let waiting = Task { try await client.get("a") }
    while client.pendingCommands == 0 { await Task.yield() }
    await client.shutdown()
    await client.shutdown()
    for task in [waiting, Task { try await client.get("b") }] {
      let error = await #expect(throws: RedisError.self) { try await task.value }
      #expect(error?.code == .closed)
    }
    let error = await #expect(throws: RedisError.self) { try await client.waitUntilConnected() }
    #expect(error?.code == .closed)
    #expect(await client.states().reduce(into: []) { $0.append($1) } == [.disconnected])
    await server.resume()
  }

  @Test func aServiceEndsByCancellation() async throws {
    let server = try await DisposableRedis()
    let client = try await connected(server)
    let service = Task { await client.run() }
    #expect(try await client.get("a") == nil)
    service.cancel()
    await service.value
    #expect(client.outage?.code == .closed)
  }

  @Test func passwordAndDatabaseAreUsed() async throws {
    let server = try await DisposableRedis()
    let opener = try await connected(server)
    try await opener.send(RedisCommand("CONFIG", "SET", "requirepass", "p@ss/word"))
    await opener.shutdown()
    let url = "unix://:p%40ss%2Fword@\(server.socketPath)?db=3"
    let client = RedisClient(configuration: try RedisConfiguration(url: url))
    try await client.waitUntilConnected()
    try await client.set("a", [1])
    #expect(try await client.send(RedisCommand("CLIENT", "INFO")).text?.contains(" db=3 ") == true)
    await client.shutdown()

    let stranger = RedisClient(configuration: try RedisConfiguration(url: server.url))
    while stranger.outage?.serverCode != "NOAUTH" { try await Task.sleep(for: .milliseconds(5)) }
    #expect(!stranger.isConnected)
    await stranger.shutdown()
  }
}
