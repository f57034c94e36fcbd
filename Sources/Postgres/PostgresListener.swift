/// What a listener has to tell.
public enum PostgresNotification: Sendable, Equatable {
  /// Listening has begun.
  case connected
  /// Listening has begun again, or the reader was too slow: notifications may have been missed, so
  /// read the state anew.
  case reconnected
  case notification(channel: String, payload: String)
}

/// Listens to `NOTIFY` on a connection and a thread of its own.
public struct PostgresListener: Sendable {
  let configuration: PostgresConfiguration
  let channels: [String]

  public init(configuration: PostgresConfiguration, channels: [String]) {
    self.configuration = configuration
    self.channels = channels
  }

  /// Begins to listen; the sequence ends only with its reader.
  ///
  /// When the connection breaks it is opened again after a pause of 0.1 to 5 seconds, and
  /// `.reconnected` follows. At most 4,096 notifications wait for a slow reader; what comes beyond
  /// is dropped and told by a `.reconnected` when there is room again.
  public func notifications() -> AsyncStream<PostgresNotification> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: PostgresNotification.self, bufferingPolicy: .bufferingOldest(4096))
    let worker = ListenerThread(
      configuration: configuration, channels: channels, continuation: continuation)
    continuation.onTermination = { _ in worker.stop() }
    worker.start()
    return stream
  }
}
