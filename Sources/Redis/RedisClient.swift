internal import NIOConcurrencyHelpers

/// A Redis client: one connection on a thread of its own, on which the commands of all callers are
/// pipelined.
///
/// While there is no connection, commands fail at once with `.unavailable`; nothing is kept for later,
/// and the client connects again by itself with growing pauses. Redis holds only what may vanish, so
/// every caller decides what it does without it.
///
/// Ends with `shutdown()`, or when the last reference goes.
public final class RedisClient: Sendable {
  public let configuration: RedisConfiguration
  private let engine: RedisEngine

  /// Starts to connect, and does not wait for it.
  public init(configuration: RedisConfiguration) {
    self.configuration = configuration
    engine = RedisEngine(configuration)
    startRedisThread(named: "redis") { [engine] in engine.runThread() }
  }

  deinit {
    engine.close()
  }

  /// Sends one command.
  ///
  /// - Parameter generation: the connection it is meant for; if that one is gone, the command fails
  ///   with `.unavailable` rather than being sent on another.
  /// - Throws: `RedisError`, also where the server refuses the command (`.server`).
  @discardableResult
  public func send(
    _ command: RedisCommand, onlyOn generation: UInt64? = nil
  ) async throws(RedisError) -> RedisValue {
    let replies = try await engine.perform(command.encoded, replies: 1, onlyOn: generation).get()
    if case .error(let error) = replies[0] { throw error }
    return replies[0]
  }

  /// Sends several commands together, in order; others may come between them.
  ///
  /// - Returns: Their replies. A command that the server refused has `.error` in its place.
  public func send(
    _ commands: [RedisCommand], onlyOn generation: UInt64? = nil
  ) async throws(RedisError) -> [RedisValue] {
    guard !commands.isEmpty else { return [] }
    let bytes = commands.reduce(into: [UInt8]()) { $0 += $1.encoded }
    return try await engine.perform(bytes, replies: commands.count, onlyOn: generation).get()
  }

  public var isConnected: Bool { connectionGeneration != nil }

  /// Counts this client's connections from 1; nil while there is none.
  public var connectionGeneration: UInt64? {
    engine.state.withLockedValue { state in
      guard case .connected(let generation) = state.redisState else { return nil }
      return generation
    }
  }

  /// Commands that wait for an answer.
  public var pendingCommands: Int {
    engine.state.withLockedValue { $0.pipeline.pendingCommands }
  }

  /// Why there is no connection; nil while there is one.
  public var outage: RedisError? {
    engine.state.withLockedValue { state in
      switch state.pipeline.link {
      case .up: nil
      case .down(let error): error
      case .closed: RedisError(.closed, "the client was shut down")
      }
    }
  }

  /// The state now and each change of it. A reader that falls behind by 64 misses the oldest.
  public func states() -> AsyncStream<RedisState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RedisState.self, bufferingPolicy: .bufferingNewest(64))
    let number: Int? = engine.state.withLockedValue { state in
      continuation.yield(state.redisState)
      guard state.pipeline.link != .closed else { return nil }
      state.nextObserver += 1
      state.observers[state.nextObserver] = continuation
      return state.nextObserver
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [engine] _ in
      engine.state.withLockedValue { state in _ = state.observers.removeValue(forKey: number) }
    }
    return stream
  }

  /// Waits for a connection.
  ///
  /// - Throws: `.cancelled` or `.closed` if there will be none.
  public func waitUntilConnected() async throws(RedisError) {
    for await case .connected in states() { return }
    throw Task.isCancelled
      ? RedisError(.cancelled, "the calling task was cancelled")
      : RedisError(.closed, "the client was shut down")
  }

  /// Fails what waits, ends the connection, and returns when its thread has ended. Idempotent.
  public func shutdown() async {
    engine.close()
    await engine.waitForThread()
  }

  /// Waits for cancellation and shuts down then, for use as a service.
  public func run() async {
    for await _ in states() {}
    await shutdown()
  }
}

extension RedisClient {
  func cachedDigest(of source: String) -> String? {
    engine.state.withLockedValue { $0.scripts[source] }
  }

  func cacheDigest(_ digest: String, of source: String) {
    engine.state.withLockedValue { state in
      // Scripts are constants of the program; a program that makes them up does not fill memory.
      if state.scripts.count >= 256 { state.scripts.removeAll() }
      state.scripts[source] = digest
    }
  }
}
