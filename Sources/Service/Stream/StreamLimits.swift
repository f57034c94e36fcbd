/// The bounds of live streams.
public struct StreamLimits: Sendable {
  /// Streams on this node.
  public var connections = 5_000
  /// Streams of one organization on this node.
  public var connectionsPerOrganization = 1_000
  /// Messages that wait for one slow reader.
  public var buffer = 256
  /// Silence until a heartbeat is sent, and the credential looked at again.
  public var heartbeat: Duration = .seconds(15)
  /// How long one write may wait for the reader.
  public var stall: Duration = .seconds(60)

  public init() {}
}
