extension RedisLink {
  /// Opens a connection, identifies itself and hears the server answer.
  static func open(
    _ configuration: RedisConfiguration, wake: WakeDescriptor
  ) throws(RedisError) -> RedisLink {
    let deadline = monotonicNanoseconds() + configuration.connectTimeout.nanoseconds
    let link = try RedisLink(configuration)
    var greeting: [RedisCommand] = []
    if let password = configuration.password {
      let user = configuration.username.map { [RedisArgument.text($0)] } ?? []
      greeting.append(RedisCommand(anyName: "AUTH", user + [.text(password)]))
    }
    if configuration.database != 0 {
      greeting.append(RedisCommand(anyName: "SELECT", [.integer(Int64(configuration.database))]))
    }
    greeting.append(RedisCommand(anyName: "PING", []))
    for command in greeting { try link.append(command.encoded) }
    var answers = 0
    while answers < greeting.count {
      if let reply = try link.nextReply() {
        if case .error(let error) = reply {
          throw RedisError(
            .unavailable, "the server refused \(greeting[answers].name): \(error.message)",
            serverCode: error.serverCode)
        }
        answers += 1
        continue
      }
      guard monotonicNanoseconds() < deadline else {
        throw RedisError(.unavailable, "the server took the connection but does not answer")
      }
      if link.hasOutput { try link.write() }
      let ready = wake.wait(
        socket: link.descriptor, forWriting: link.hasOutput, until: deadline)
      if ready.socketIsReadable { try link.read() }
    }
    return link
  }
}
