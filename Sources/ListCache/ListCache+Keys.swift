internal import Core
internal import Crypto

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

  /// An entity tag of a body, the same on every node: half of its SHA-256, so that nobody can make a body
  /// to a tag.
  static func etag(_ body: [UInt8]) -> String {
    let hash = SHA256.hash(data: body).prefix(16)
    let words = stride(from: 0, to: 16, by: 8).map { start in
      hash.dropFirst(start).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return "\"\(words.map(StableHash.hex).joined())\""
  }
}
