/// Whether a client has a connection.
public enum RedisState: Equatable, Sendable {
  /// - Parameter generation: counts the connections of the client from 1. Between two of them
  ///   anything may have happened to the server.
  case connected(generation: UInt64)
  case disconnected
}
