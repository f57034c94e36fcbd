internal import Core

extension ListCache {
  /// `h:{org}:{list}:{generations}:{hash of the query}`.
  static func key(_ scope: CacheScope, query: String, generations: String) -> String {
    let organization = scope.organization.map { "\($0.rawValue)" } ?? "-"
    return "h:\(organization):\(scope.list):\(generations):\(StableHash.hex128(query))"
  }

  /// Names a query in this process, whatever its generations.
  static func localKey(_ scope: CacheScope, query: String) -> String {
    // The hash tells texts apart that Swift takes to be equal: equivalent ones of other bytes.
    "\(scope.prefixKey)\n\(scope.list)\n\(StableHash.hex64(query))\n\(query)"
  }

  static func generationKey(_ pattern: CachePattern) -> String {
    "h:g:\(pattern.prefix)"
  }

  /// The server that the cache's generations were last found good on.
  static let serverKey = "h:server"

  /// A number that no generation had before and none will reach.
  static func freshGeneration() -> Int64 {
    Int64.random(in: 1 << 40...1 << 62)
  }

  /// An entity tag of the generations and the body. The body's part is hashed with a key of this
  /// process: values keep the tag of who loaded them, and nobody can make a body to a tag.
  static func etag(_ generations: String?, _ body: [UInt8]) -> String {
    var hasher = Hasher()
    unsafe body.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    let hash = StableHash.hex(UInt64(bitPattern: Int64(hasher.finalize())))
    return "\"\(generations.map(StableHash.hex64) ?? "b")-\(hash)\""
  }
}
