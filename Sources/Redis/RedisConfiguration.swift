/// Where the server is and how long to wait for it.
public struct RedisConfiguration: Sendable, Equatable {
  public enum Address: Sendable, Equatable {
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  public var address: Address
  public var username: String?
  public var password: String?
  public var database: Int
  /// For opening a connection, greeting included.
  public var connectTimeout: Duration = .seconds(2)
  /// For every command, from the call to the answer. When one passes it the connection is given up,
  /// so that the others need not wait for theirs.
  public var commandTimeout: Duration = .seconds(1)
  /// Commands that may wait for an answer at once; more fail with `.queueFull`.
  public var maxPendingCommands = 65_536
  /// Bytes of commands that may wait to be sent or answered at once.
  public var maxPendingBytes = 64 << 20
  /// The first pause before connecting again; it doubles up to `maxReconnectDelay`.
  public var minReconnectDelay: Duration = .milliseconds(50)
  public var maxReconnectDelay: Duration = .seconds(2)

  public init(
    address: Address, username: String? = nil, password: String? = nil, database: Int = 0
  ) {
    self.address = address
    self.username = username
    self.password = password
    self.database = database
  }
}

extension RedisConfiguration: CustomStringConvertible {
  /// The address without user and password.
  public var description: String {
    switch address {
    case .tcp(let host, let port) where host.contains(":"): "redis://[\(host)]:\(port)/\(database)"
    case .tcp(let host, let port): "redis://\(host):\(port)/\(database)"
    case .unix(let path): "unix://\(path)?db=\(database)"
    }
  }
}
