internal import NIOConcurrencyHelpers

/// Listens to channels on a connection of its own, and connects again by itself.
public struct RedisSubscription: Sendable {
  public enum Event: Equatable, Sendable {
    /// From now on messages come. Those sent before were not seen: read again what they are about.
    case subscribed
    case message(channel: String, payload: [UInt8])
    /// The reader was too slow and messages were thrown away: as after `subscribed`.
    case missed
    /// The connection was lost; `subscribed` follows when there is a new one.
    case lost
  }

  private let configuration: RedisConfiguration
  private let channels: [String]
  private let patterns: [String]
  private let capacity: Int

  /// - Parameters:
  ///   - patterns: globs as `PSUBSCRIBE` takes them.
  ///   - capacity: events that are kept for a slow reader.
  public init(
    configuration: RedisConfiguration, channels: [String], patterns: [String] = [],
    capacity: Int = 1024
  ) {
    precondition(!channels.isEmpty || !patterns.isEmpty, "a subscription needs a channel")
    precondition(capacity > 1)
    self.configuration = configuration
    self.channels = channels
    self.patterns = patterns
    self.capacity = capacity
  }

  /// Opens the connection. It ends with the stream.
  public func events() -> AsyncStream<Event> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Event.self, bufferingPolicy: .bufferingOldest(capacity))
    let listener = RedisListener(
      configuration, commands: commands(), expected: channels.count + patterns.count, continuation)
    continuation.onTermination = { _ in listener.end() }
    startRedisThread(named: "redis-listen") { listener.runThread() }
    return stream
  }

  private func commands() -> [RedisCommand] {
    [("SUBSCRIBE", channels), ("PSUBSCRIBE", patterns)].compactMap { name, names in
      names.isEmpty ? nil : RedisCommand(anyName: name, names.map { .text($0) })
    }
  }
}
