extension RedisClient {
  /// The value of a key; nil if there is none.
  public func get(_ key: String) async throws(RedisError) -> [UInt8]? {
    try await send(RedisCommand("GET", .text(key))).optionalBytes(of: "GET")
  }

  /// The values of several keys, in their order.
  public func mget(_ keys: [String]) async throws(RedisError) -> [[UInt8]?] {
    guard !keys.isEmpty else { return [] }
    let reply = try await send(RedisCommand("MGET", arguments: keys.map { .text($0) }))
    guard let values = reply.array, values.count == keys.count else {
      throw RedisError(.unexpectedReply, "MGET gave another number of values")
    }
    var result: [[UInt8]?] = []
    for value in values { result.append(try value.optionalBytes(of: "MGET")) }
    return result
  }

  /// Sets a key.
  ///
  /// - Parameters:
  ///   - lifetime: after it the key goes; at least a millisecond, nil for ever.
  ///   - onlyIfAbsent: leaves a key that has a value as it is.
  /// - Returns: Whether the key was set.
  @discardableResult
  public func set(
    _ key: String, _ value: [UInt8], lifetime: Duration? = nil, onlyIfAbsent: Bool = false
  ) async throws(RedisError) -> Bool {
    var arguments: [RedisArgument] = [.text(key), .bytes(value)]
    if let lifetime { arguments += ["PX", .integer(max(1, lifetime.nanoseconds / 1_000_000))] }
    if onlyIfAbsent { arguments.append("NX") }
    return !(try await send(RedisCommand("SET", arguments: arguments)).isNull)
  }

  /// Adds one and returns the new value. A key that is absent counts as 0.
  @discardableResult
  public func incr(_ key: String) async throws(RedisError) -> Int64 {
    try await send(RedisCommand("INCR", .text(key))).requiredInteger(of: "INCR")
  }

  /// Removes keys and returns how many there were.
  @discardableResult
  public func del(_ keys: String...) async throws(RedisError) -> Int64 {
    guard !keys.isEmpty else { return 0 }
    return try await send(RedisCommand("DEL", arguments: keys.map { .text($0) }))
      .requiredInteger(of: "DEL")
  }

  /// Hands a message to the subscribers of a channel and returns how many there were.
  @discardableResult
  public func publish(_ channel: String, _ message: [UInt8]) async throws(RedisError) -> Int64 {
    try await send(RedisCommand("PUBLISH", .text(channel), .bytes(message)))
      .requiredInteger(of: "PUBLISH")
  }
}

extension RedisValue {
  fileprivate func optionalBytes(of command: String) throws(RedisError) -> [UInt8]? {
    switch self {
    case .null: return nil
    case .string(let bytes): return bytes
    default: throw RedisError(.unexpectedReply, "\(command) gave no string")
    }
  }

  fileprivate func requiredInteger(of command: String) throws(RedisError) -> Int64 {
    guard case .integer(let value) = self else {
      throw RedisError(.unexpectedReply, "\(command) gave no integer")
    }
    return value
  }
}
