import NIOConcurrencyHelpers
import Redis
import TestServers
import Testing

/// What callers see when the server goes away, stalls, and comes back.
@Suite struct RedisOutageTests {
  private func client(
    _ server: DisposableRedis, commandTimeout: Duration = .seconds(20)
  ) throws -> RedisClient {
    var configuration = try RedisConfiguration(url: server.url)
    configuration.minReconnectDelay = .milliseconds(10)
    configuration.maxReconnectDelay = .milliseconds(50)
    configuration.connectTimeout = .milliseconds(300)
    configuration.commandTimeout = commandTimeout
    return RedisClient(configuration: configuration)
  }

  @Test func aKilledServerIsNoticedAtOnceByAllAndItsReturnToo() async throws {
    let server = try await DisposableRedis()
    // Time limits of 20 s: whoever waited for one would make this test stand still.
    let client = try client(server)
    try await client.waitUntilConnected()
    let codes = NIOLockedValueBox<[RedisError.Code: Int]>([:])
    let successes = NIOLockedValueBox(0)
    let stop = NIOLockedValueBox(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          while !stop.withLockedValue({ $0 }) {
            do throws(RedisError) {
              try await client.set("key \(number)", [1])
              successes.withLockedValue { $0 += 1 }
            } catch {
              codes.withLockedValue { $0[error.code, default: 0] += 1 }
              await Task.yield()
            }
          }
        }
      }
      for round in 1...3 {
        let before = successes.withLockedValue { $0 }
        while successes.withLockedValue({ $0 }) < before + 1000 { await Task.yield() }
        await server.kill()
        while client.isConnected { await Task.yield() }
        let refused = codes.withLockedValue { $0[.unavailable] ?? 0 }
        while codes.withLockedValue({ $0[.unavailable] ?? 0 }) < refused + 1000 {
          await Task.yield()
        }
        try await server.start()
        try await client.waitUntilConnected()
        #expect(client.connectionGeneration == UInt64(round + 1))
      }
      stop.withLockedValue { $0 = true }
      try await group.waitForAll()
    }
    let seen = Set(codes.withLockedValue { $0 }.keys)
    #expect(seen.isSubset(of: [.unavailable, .connectionLost]))
    await client.shutdown()
  }

  @Test func anIdleConnectionNoticesToo() async throws {
    let server = try await DisposableRedis()
    let client = try client(server)
    var seen: [RedisState] = []
    for await state in client.states() {
      if seen.last != state { seen.append(state) }
      switch state {
      case .connected(generation: 1): await server.kill()
      case .disconnected where seen.suffix(2).first == .connected(generation: 1):
        let error = await #expect(throws: RedisError.self) { try await client.get("a") }
        #expect(error?.code == .unavailable && error?.wasNotSent == true)
        try await server.start()
      case .connected:
        await client.shutdown()
      case .disconnected: break
      }
    }
    let connected = seen.drop { $0 == .disconnected }
    #expect(
      Array(connected) == [
        .connected(generation: 1), .disconnected, .connected(generation: 2), .disconnected,
      ])
  }

  @Test func aStalledServerCostsOneTimeLimitAndNotOneEach() async throws {
    let server = try await DisposableRedis()
    let client = try client(server, commandTimeout: .milliseconds(200))
    try await client.waitUntilConnected()
    await server.suspend()
    let first = Task { try await client.get("a") }
    let error = await #expect(throws: RedisError.self) { try await first.value }
    #expect(error?.code == .timeout && error?.wasNotSent == false)
    while client.isConnected { await Task.yield() }
    for _ in 0..<1000 {
      let error = await #expect(throws: RedisError.self) { try await client.get("a") }
      #expect(error?.code == .unavailable)
    }
    await server.resume()
    try await client.waitUntilConnected()
    // Replies to the commands of the lost connection went with it.
    let echo = try await patiently { try await client.send(RedisCommand("ECHO", "mine")) }
    #expect(echo.text == "mine")
    await client.shutdown()
  }

  @Test func aPausedServerIsTimedOut() async throws {
    let server = try await DisposableRedis()
    let client = try client(server, commandTimeout: .milliseconds(200))
    try await client.waitUntilConnected()
    try await patiently {
      try await client.send(RedisCommand("CLIENT", "PAUSE", 3_600_000, "WRITE"))
    }
    let generation = try #require(client.connectionGeneration)
    let error = await #expect(throws: RedisError.self) { try await client.set("a", [1]) }
    #expect(error?.code == .timeout)
    while (client.connectionGeneration ?? 0) <= generation {
      try await Task.sleep(for: .milliseconds(5))
    }
    try await patiently { try await client.send(RedisCommand("CLIENT", "UNPAUSE")) }
    try await patiently { try await client.set("a", [2]) }
    #expect(try await patiently { try await client.get("a") } == [2])
    await client.shutdown()
  }

  /// A time limit that a busy machine may pass is no failure where it is not what is tested.
  @discardableResult
  private func patiently<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as RedisError
        where [.timeout, .unavailable, .connectionLost].contains(error.code)
      {
        await Task.yield()
      }
    }
  }

  @Test func aCommandForOneConnectionIsNotSentOnTheNext() async throws {
    let server = try await DisposableRedis()
    let client = try client(server)
    try await client.waitUntilConnected()
    _ = try await client.send(RedisCommand("PING"), onlyOn: 1)
    await server.kill()
    try await server.start()
    while client.connectionGeneration != 2 { try await Task.sleep(for: .milliseconds(5)) }
    let error = await #expect(throws: RedisError.self) {
      try await client.send(RedisCommand("SET", "a", "1"), onlyOn: 1)
    }
    #expect(error?.code == .unavailable)
    #expect(try await client.get("a") == nil)
    await client.shutdown()
  }

  @Test func aClientStartsBeforeItsServer() async throws {
    let server = try await DisposableRedis()
    await server.kill()
    let client = try client(server)
    let error = await #expect(throws: RedisError.self) { try await client.get("a") }
    #expect(error?.code == .unavailable)
    let waiting = Task { try await client.waitUntilConnected() }
    try await server.start()
    try await waiting.value
    #expect(client.connectionGeneration == 1)

    let cancelled = Task {
      await server.kill()
      while client.isConnected { await Task.yield() }
      try await client.waitUntilConnected()
    }
    cancelled.cancel()
    let failure = await #expect(throws: RedisError.self) { try await cancelled.value }
    #expect(failure?.code == .cancelled)
    await client.shutdown()
  }

  @Test func noThreadOutlivesItsClient() async throws {
    let server = try await DisposableRedis()
    var forgotten: RedisClient? = try client(server)
    try await forgotten?.waitUntilConnected()
    let observer = try client(server)
    try await observer.waitUntilConnected()
    forgotten = nil
    var clients = 2
    while clients > 1 {
      let list = try await observer.send(RedisCommand("CLIENT", "LIST")).text ?? ""
      clients = list.split(separator: "\n").count
    }
    #expect(clients == 1)
    await observer.shutdown()
  }
}
