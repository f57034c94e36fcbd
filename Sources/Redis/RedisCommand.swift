/// One argument of a command: any bytes.
public enum RedisArgument: Sendable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
  case bytes([UInt8])
  case text(String)
  case integer(Int64)

  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
}

/// A command, already in the form of the protocol (RESP2), so that the connection only copies it.
///
/// Commands that change what the connection is (`SUBSCRIBE`, `MONITOR`, `MULTI`, `SELECT`,
/// `CLIENT REPLY`) and those that block (`BLPOP`) do not belong on a shared connection.
public struct RedisCommand: Sendable {
  /// `GET`, `EVALSHA`, …
  public let name: String
  let encoded: [UInt8]

  public init(_ name: StaticString, _ arguments: RedisArgument...) {
    self.init(name, arguments: arguments)
  }

  public init(_ name: StaticString, arguments: [RedisArgument]) {
    let name = name.description
    precondition(!Self.unfit.contains(name), "\(name) does not belong on a shared connection")
    self.init(anyName: name, arguments)
  }

  /// Without the check, for the client's own use of a connection.
  init(anyName name: String, _ arguments: [RedisArgument]) {
    self.name = name
    var bytes: [UInt8] = []
    bytes.reserveCapacity(arguments.reduce(32) { $0 + $1.sizeHint })
    bytes.append(UInt8(ascii: "*"))
    bytes.append(decimal: Int64(arguments.count + 1))
    bytes.append(contentsOf: [13, 10])
    bytes.append(bulk: name.utf8)
    for argument in arguments {
      switch argument {
      case .bytes(let value): bytes.append(bulk: value)
      case .text(let value): bytes.append(bulk: value.utf8)
      case .integer(let value): bytes.append(bulk: String(value).utf8)
      }
    }
    encoded = bytes
  }

  private static let unfit: Set<String> = [
    "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "MULTI", "EXEC", "WATCH", "SELECT", "QUIT",
    "BLPOP", "BRPOP", "BLMOVE", "BZPOPMIN", "BZPOPMAX", "HELLO", "RESET",
  ]
}

extension RedisArgument {
  fileprivate var sizeHint: Int {
    switch self {
    case .bytes(let value): value.count + 16
    case .text(let value): value.utf8.count + 16
    case .integer: 32
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(decimal value: Int64) {
    append(contentsOf: String(value).utf8)
  }

  fileprivate mutating func append(bulk value: some Collection<UInt8>) {
    append(UInt8(ascii: "$"))
    append(decimal: Int64(value.count))
    append(contentsOf: [13, 10])
    append(contentsOf: value)
    append(contentsOf: [13, 10])
  }
}
