extension RedisConfiguration {
  /// Reads `redis://[[user]:password@]host[:port][/db]` or
  /// `unix://[[user]:password@]/path[?db=n]`. User and password may be percent-encoded.
  ///
  /// - Throws: `RedisError` with `.configuration`, which names the part at fault but does not show it:
  ///   it may hold a password.
  public init(url: String) throws(RedisError) {
    guard let mark = url.firstRange(of: "://") else {
      throw Self.unreadable("begin it with redis:// or unix://")
    }
    let scheme = url[..<mark.lowerBound].lowercased()
    var rest = url[mark.upperBound...]
    var user: String?
    var password: String?
    let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
    if let at = rest[..<authorityEnd].lastIndex(of: "@") {
      let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw Self.unreadable("write user and password as user:password@")
      }
      user = parts[0].isEmpty ? nil : try Self.decoded(parts[0])
      password = try Self.decoded(parts[1])
      rest = rest[rest.index(after: at)...]
    }
    switch scheme {
    case "redis": try self.init(tcp: rest, user, password)
    case "unix": try self.init(unix: rest, user, password)
    case "rediss":
      throw Self.unreadable("rediss:// is not supported: put a TLS proxy before the server")
    default: throw Self.unreadable("begin it with redis:// or unix://")
    }
  }

  private init(tcp rest: Substring, _ user: String?, _ password: String?) throws(RedisError) {
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var host = parts[0]
    var suffix = Substring()
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      suffix = host[host.index(after: end)...]
      host = host[..<end].dropFirst()
    } else if let colon = host.firstIndex(of: ":") {
      suffix = host[colon...]
      host = host[..<colon]
    }
    let port = suffix.isEmpty ? 6379 : Int(suffix.dropFirst())
    guard suffix.isEmpty || suffix.hasPrefix(":"), let port, (1...65535).contains(port) else {
      throw Self.unreadable("the port must be a number from 1 to 65535")
    }
    guard !host.isEmpty else { throw Self.unreadable("the host is missing") }
    let database = try Self.database(parts.count > 1 ? parts[1] : "")
    self.init(
      address: .tcp(host: String(host), port: port), username: user, password: password,
      database: database)
  }

  private init(unix rest: Substring, _ user: String?, _ password: String?) throws(RedisError) {
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].hasPrefix("/") else {
      throw Self.unreadable("the socket's path must be absolute: unix:///path")
    }
    guard parts[0].utf8.count < 108 else {
      throw Self.unreadable("the socket's path must be shorter than 108 bytes")
    }
    var database = 0
    if parts.count > 1 {
      guard parts[1].hasPrefix("db=") else {
        throw Self.unreadable("only ?db=n may follow the path")
      }
      database = try Self.database(parts[1].dropFirst(3))
    }
    self.init(
      address: .unix(path: try Self.decoded(parts[0])), username: user, password: password,
      database: database)
  }

  private static func database(_ text: Substring) throws(RedisError) -> Int {
    if text.isEmpty { return 0 }
    guard let number = Int(text), number >= 0 else {
      throw unreadable("the database must be a number")
    }
    return number
  }

  private static func decoded(_ text: Substring) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let digits = String(rest.prefix(2)),
        let value = UInt8(digits, radix: 16)
      else { throw unreadable("a % must be followed by two hexadecimal digits") }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unreadable(_ reason: String) -> RedisError {
    RedisError(.configuration, "the redis url cannot be read: \(reason)")
  }
}
