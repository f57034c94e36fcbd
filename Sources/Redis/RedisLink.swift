internal import CHiredis
internal import Glibc

/// One hiredis context on a descriptor that does not block. Used by one thread.
@safe
final class RedisLink {
  private let context: UnsafeMutablePointer<redisContext>
  /// Whether something still waits to be written.
  private(set) var hasOutput = false

  var descriptor: Int32 { unsafe context.pointee.fd }

  /// Opens the connection; blocks at most for the configuration's time limit.
  init(_ configuration: RedisConfiguration) throws(RedisError) {
    let limit = configuration.connectTimeout.nanoseconds
    let time = timeval(
      tv_sec: Int(limit / 1_000_000_000), tv_usec: Int(limit % 1_000_000_000 / 1000))
    let opened =
      switch configuration.address {
      case .tcp(let host, let port): unsafe redisConnectWithTimeout(host, Int32(port), time)
      case .unix(let path): unsafe redisConnectUnixWithTimeout(path, time)
      }
    guard let context = unsafe opened else {
      throw RedisError(.unavailable, "no memory for a connection")
    }
    unsafe self.context = context
    guard unsafe context.pointee.err == 0 else { throw failure(.unavailable) }
    if case .tcp = configuration.address { unsafe redisEnableKeepAlive(context) }
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
      throw RedisError(.unavailable, "the socket cannot be made non-blocking")
    }
    unsafe context.pointee.flags &= ~REDIS_BLOCK
  }

  deinit {
    unsafe redisFree(context)
  }

  func append(_ encoded: [UInt8]) throws(RedisError) {
    let status = unsafe encoded.withUnsafeBytes { bytes in
      unsafe redisAppendFormattedCommand(
        context, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
    }
    guard status == REDIS_OK else { throw failure(.connectionLost) }
    hasOutput = true
  }

  /// Writes what the socket takes.
  func write() throws(RedisError) {
    var done: Int32 = 0
    guard unsafe redisBufferWrite(context, &done) == REDIS_OK else {
      throw failure(.connectionLost)
    }
    hasOutput = done == 0
  }

  /// Reads what the socket has, once.
  func read() throws(RedisError) {
    guard unsafe redisBufferRead(context) == REDIS_OK else { throw failure(.connectionLost) }
  }

  /// The next complete reply among what was read; nil if there is none.
  func nextReply() throws(RedisError) -> RedisValue? {
    var reply: UnsafeMutableRawPointer?
    guard unsafe redisGetReplyFromReader(context, &reply) == REDIS_OK else {
      throw failure(.connectionLost)
    }
    guard let reply = unsafe reply else { return nil }
    defer { unsafe freeReplyObject(reply) }
    return unsafe RedisValue(reply.assumingMemoryBound(to: redisReply.self))
  }

  private func failure(_ code: RedisError.Code) -> RedisError {
    let text = unsafe withUnsafeBytes(of: context.pointee.errstr) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return RedisError(code, text.isEmpty ? "the connection failed" : text.lowercased())
  }
}

extension RedisValue {
  fileprivate init(_ reply: UnsafeMutablePointer<redisReply>) {
    let bytes = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
    switch unsafe reply.pointee.type {
    case REDIS_REPLY_INTEGER: self = unsafe .integer(reply.pointee.integer)
    case REDIS_REPLY_STRING: self = unsafe .string([UInt8](bytes))
    case REDIS_REPLY_STATUS: self = unsafe .status(String(decoding: bytes, as: UTF8.self))
    case REDIS_REPLY_ERROR:
      self = unsafe .error(RedisError(server: String(decoding: bytes, as: UTF8.self)))
    case REDIS_REPLY_ARRAY:
      self = unsafe .array(
        (0..<reply.pointee.elements).map { index in
          guard let element = unsafe reply.pointee.element[index] else { return .null }
          return unsafe RedisValue(element)
        })
    default: self = .null
    }
  }
}
