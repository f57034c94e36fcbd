/// A Lua script, named by what it does. The server gives its SHA.
public struct RedisScript: Sendable {
  public let source: String

  public init(_ source: String) {
    self.source = source
  }
}

extension RedisClient {
  /// Runs a script by its SHA, and loads it first where the server does not have it.
  ///
  /// - Throws: `RedisError`; `.server` for an error that the script itself returns.
  public func eval(
    _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = [],
    onlyOn generation: UInt64? = nil
  ) async throws(RedisError) -> RedisValue {
    var digest = cachedDigest(of: script.source)
    if digest == nil {
      let reply = try await send(
        RedisCommand("SCRIPT", "LOAD", .text(script.source)), onlyOn: generation)
      guard let text = reply.text else {
        throw RedisError(.unexpectedReply, "SCRIPT LOAD gave no digest")
      }
      cacheDigest(text, of: script.source)
      digest = text
    }
    let rest = [.integer(Int64(keys.count))] + keys + arguments
    do throws(RedisError) {
      return try await send(
        RedisCommand("EVALSHA", arguments: [.text(digest ?? "")] + rest), onlyOn: generation)
    } catch {
      guard error.serverCode == "NOSCRIPT" else { throw error }
      // EVAL also stores the script under the same digest.
      return try await send(
        RedisCommand("EVAL", arguments: [.text(script.source)] + rest), onlyOn: generation)
    }
  }
}
