import Redis
import TestServers
import Testing

@Suite struct RedisSubscriptionTests {
  private func configuration(_ server: DisposableRedis) throws -> RedisConfiguration {
    var configuration = try RedisConfiguration(url: server.url)
    configuration.minReconnectDelay = .milliseconds(10)
    configuration.maxReconnectDelay = .milliseconds(50)
    return configuration
  }

  @Test func messagesComeInOrderAndOutagesAreTold() async throws {
    let server = try await DisposableRedis()
    let configuration = try configuration(server)
    let client = RedisClient(configuration: configuration)
    let subscription = RedisSubscription(
      configuration: configuration, channels: ["one", "two"], patterns: ["glob.*"])
    var events = subscription.events().makeAsyncIterator()
    #expect(await events.next() == .subscribed)
    try await client.waitUntilConnected()
    #expect(try await client.publish("one", [0, 255]) == 1)
    #expect(try await client.publish("two", []) == 1)
    #expect(try await client.publish("glob.x", [7]) == 1)
    #expect(try await client.publish("three", [1]) == 0)
    #expect(await events.next() == .message(channel: "one", payload: [0, 255]))
    #expect(await events.next() == .message(channel: "two", payload: []))
    #expect(await events.next() == .message(channel: "glob.x", payload: [7]))
    await server.kill()
    #expect(await events.next() == .lost)
    try await server.start()
    #expect(await events.next() == .subscribed)
    while !client.isConnected || client.connectionGeneration == 1 {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await client.publish("one", [2]) == 1)
    #expect(await events.next() == .message(channel: "one", payload: [2]))
    await client.shutdown()
  }

  @Test func aSlowReaderIsToldThatItMissedSomething() async throws {
    let server = try await DisposableRedis()
    let configuration = try configuration(server)
    let client = RedisClient(configuration: configuration)
    try await client.waitUntilConnected()
    let subscription = RedisSubscription(
      configuration: configuration, channels: ["c"], capacity: 4)
    var events = subscription.events().makeAsyncIterator()
    #expect(await events.next() == .subscribed)
    for number in 0..<100 { try await client.publish("c", [UInt8(number)]) }
    var last: RedisSubscription.Event?
    while last != .missed { last = await events.next() }
    try await client.publish("c", [200])
    #expect(await events.next() == .message(channel: "c", payload: [200]))
    await client.shutdown()
  }

  @Test func theConnectionEndsWithTheStream() async throws {
    let server = try await DisposableRedis()
    let configuration = try configuration(server)
    let client = RedisClient(configuration: configuration)
    try await client.waitUntilConnected()
    let reader = Task {
      for await _ in RedisSubscription(configuration: configuration, channels: ["c"]).events() {}
    }
    var subscribers: Int64 = 0
    while subscribers == 0 { subscribers = try await client.publish("c", [1]) }
    reader.cancel()
    await reader.value
    while subscribers != 0 { subscribers = try await client.publish("c", [1]) }
    await client.shutdown()
  }
}
